/** The one filter of tables and charts: an expression, what was brushed, and a button that takes all of it away. */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { brushText } from '../../../src/core/study/table/filter.js';
import type { App } from '../app.js';
import { clearIcon, filterIcon } from '../icons.js';
import { base, fieldStyles } from '../styles.js';

/** Milliseconds without a key before the text counts. */
const PAUSE = 150;

@customElement('sweet-filter-bar')
export class FilterBar extends SignalWatcher(LitElement) {
  static override styles = [
    base,
    fieldStyles,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 2px 6px;
      }
      .box {
        position: relative;
        flex: 1 1 160px;
        min-width: 120px;
        max-width: 520px;
      }
      input[aria-invalid='true'] {
        border-color: var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground, currentColor));
      }
      .problem {
        position: absolute;
        left: 0;
        right: 0;
        top: 22px;
        z-index: 6;
        padding: 2px 6px;
        border: 1px solid var(--vscode-inputValidation-errorBorder, var(--vscode-errorForeground, currentColor));
        background: var(--vscode-inputValidation-errorBackground, var(--vscode-editorWidget-background));
        color: var(--vscode-inputValidation-errorForeground, var(--vscode-foreground));
        font-size: 12px;
      }
      .chip {
        display: inline-flex;
        align-items: center;
        gap: 2px;
        height: 20px;
        padding-left: 8px;
        border: 1px solid var(--vscode-contrastBorder, transparent);
        border-radius: 10px;
        background: var(--vscode-badge-background, var(--vscode-button-secondaryBackground, transparent));
        color: var(--vscode-badge-foreground, var(--vscode-foreground));
        font-size: 11px;
        white-space: nowrap;
      }
      .chip button {
        display: inline-flex;
        padding: 1px 3px;
        border-radius: 10px;
      }
      .chip svg {
        width: 14px;
        height: 14px;
      }
      .clear {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        color: var(--vscode-textLink-foreground);
        white-space: nowrap;
      }
    `,
  ];

  @property({ attribute: false }) app!: App;
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected override render(): TemplateResult {
    const { ui } = this.app;
    const { text, brushes } = ui.filter.value;
    const { active, problem } = this.app.filtered.value;
    const columns = this.app.columns.value;
    const example = columns.find(({ kind }) => kind === 'objective')?.label ?? 'value';
    return html`
      <div class="box">
        <input
          type="text"
          spellcheck="false"
          autocomplete="off"
          aria-label="Filter the trials by an expression"
          aria-invalid=${problem !== undefined}
          aria-describedby=${problem === undefined ? nothing : 'problem'}
          placeholder="Filter: ${example} < 0.5 and state = complete"
          .value=${text}
          @input=${this.#onInput}
          @change=${this.#onInput}
          @keydown=${this.#onKey}
        />
        ${problem === undefined ? nothing : html`<div id="problem" class="problem" role="alert">${problem}</div>`}
      </div>
      ${brushes.map((brush) => {
        const words = brushText(brush, columns);
        return html`<span class="chip"
          >${words}<button
            aria-label="Remove the filter ${words}"
            title="Remove this filter"
            @click=${() => ui.brush(brush.column, undefined)}
          >
            ${clearIcon}
          </button></span
        >`;
      })}
      ${
        active || text !== ''
          ? html`<button class="clear" @click=${() => ui.clearFilter()}>${filterIcon}Clear filter</button>`
          : nothing
      }
    `;
  }

  #onInput(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        const { ui } = this.app;
        if (ui.filter.value.text !== value) ui.filter.value = { ...ui.filter.value, text: value };
      },
      event.type === 'change' ? 0 : PAUSE,
    );
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    clearTimeout(this.#timer);
    (event.target as HTMLInputElement).value = '';
    this.app.ui.filter.value = { ...this.app.ui.filter.value, text: '' };
  }
}
