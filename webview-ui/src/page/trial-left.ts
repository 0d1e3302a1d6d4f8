/** What a trial left on the disk, at the end of its page: its files with their sizes, and its log with a search. */
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatBytes } from '../../../src/core/format.js';
import type { TrialFiles } from '../../../src/protocol/panel.js';
import type { App } from '../app.js';
import { base, fieldStyles } from '../styles.js';

/** Lines that are drawn: the newest. */
const MOST_LINES = 400;

@customElement('sweet-trial-left')
export class TrialLeft extends LitElement {
  static override styles = [
    base,
    fieldStyles,
    css`
      h3 {
        margin: 12px 0 2px;
        font-size: 11px;
        font-weight: 600;
        color: var(--vscode-descriptionForeground);
      }
      dl {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 1px 12px;
      }
      dt,
      dd {
        overflow-wrap: anywhere;
        font-variant-numeric: tabular-nums;
      }
      dd {
        color: var(--vscode-descriptionForeground);
      }
      pre {
        max-height: 260px;
        margin: 4px 0 0;
        overflow: auto;
        font-family: var(--vscode-editor-font-family, monospace);
        font-size: 11px;
        line-height: 16px;
      }
    `,
  ];

  @property({ attribute: false }) app!: App;
  @property({ type: Number }) trial = -1;
  /** Asked for again when this changes: a running trial goes on printing. */
  @property() version = '';
  @state() private left: TrialFiles | undefined;
  @state() private wanted = '';

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('trial')) {
      this.left = undefined;
      this.wanted = '';
    }
    if (changed.has('trial') || changed.has('version')) void this.#ask(this.trial);
  }

  async #ask(trial: number): Promise<void> {
    const left = await this.app.trialFiles(trial);
    if (trial === this.trial) this.left = left;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { left } = this;
    if (!left) return nothing;
    return html`${this.#files(left)} ${left.log === '' ? nothing : this.#log(left.log)}`;
  }

  #files({ files, left }: TrialFiles): TemplateResult | typeof nothing {
    if (files.length === 0) return nothing;
    const all = files.reduce((sum, { bytes }) => sum + bytes, 0);
    return html`<h3>Files, ${formatBytes(all)}</h3>
      <dl>${files.map(({ name, bytes }) => html`<dt>${name}</dt><dd>${formatBytes(bytes)}</dd>`)}</dl>
      ${left > 0 ? html`<p class="muted">and ${left} more</p>` : nothing}`;
  }

  #log(log: string): TemplateResult {
    const like = this.wanted.toLowerCase();
    const lines = log.trimEnd().split('\n');
    const found = like === '' ? lines : lines.filter((line) => line.toLowerCase().includes(like));
    const shown = found.slice(-MOST_LINES);
    return html`<h3>Log${like === '' ? '' : `, ${found.length} of ${lines.length} lines`}</h3>
      <input
        type="text"
        spellcheck="false"
        aria-label="Search the log"
        placeholder="Search the log"
        .value=${this.wanted}
        @input=${(event: Event) => {
          this.wanted = (event.target as HTMLInputElement).value;
        }}
      />
      <pre tabindex="0" aria-label="Log of trial ${this.trial}">${shown.join('\n')}</pre>`;
  }
}
