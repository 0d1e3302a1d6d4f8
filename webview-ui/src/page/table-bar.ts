/** The line over the wide table: how many trials, what to do with the selected one, which columns are shown. */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { TrialAction } from '../../../src/protocol/panel.js';
import type { App } from '../app.js';
import type { StudyView } from '../feed.js';
import { applyIcon, clearIcon, columnsIcon, compareIcon, detailsIcon, logIcon } from '../icons.js';
import { base } from '../styles.js';

@customElement('sweet-table-bar')
export class TableBar extends SignalWatcher(LitElement) {
  static override styles = [
    base,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 8px;
        min-height: 28px;
      }
      .count {
        white-space: nowrap;
      }
      sweet-filter-bar {
        flex: 1 1 200px;
        min-width: 0;
      }
      vscode-dropdown {
        width: 130px;
        min-width: 90px;
        --input-height: 22;
      }
      hr {
        width: 100%;
        margin: 4px 0;
        border: none;
        border-top: 1px solid var(--vscode-menu-separatorBackground, var(--vscode-panel-border, currentColor));
      }
      .tool[aria-pressed='true'] {
        background: var(--vscode-toolbar-activeBackground, var(--vscode-toolbar-hoverBackground));
        outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
      }
      @media (max-width: 900px) {
        sweet-filter-bar {
          order: 9;
          flex-basis: 100%;
          padding-bottom: 4px;
        }
        .count {
          flex: 1;
        }
      }
      .selection {
        display: flex;
        align-items: center;
        gap: 2px;
        white-space: nowrap;
      }
      @media (max-width: 560px) {
        .selection {
          flex-wrap: wrap;
          min-width: 0;
        }
      }
      .selection .tool {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        height: 22px;
        padding: 0 6px;
        border-radius: 5px;
      }
      .selection .tool:hover {
        background: var(--vscode-toolbar-hoverBackground);
      }
      .menu {
        position: relative;
      }
      .list {
        position: absolute;
        right: 0;
        top: 24px;
        z-index: 5;
        display: grid;
        max-height: 320px;
        min-width: 180px;
        overflow: auto;
        padding: 6px 12px;
        border: 1px solid var(--vscode-menu-border, var(--vscode-panel-border, var(--vscode-contrastBorder)));
        border-radius: 5px;
        background: var(--vscode-menu-background, var(--vscode-editorWidget-background));
        color: var(--vscode-menu-foreground, var(--vscode-foreground));
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
      }
      .list vscode-checkbox {
        margin: 2px 0;
      }
      .list vscode-checkbox::part(control) {
        width: 14px;
        height: 14px;
      }
    `,
  ];

  @property({ attribute: false }) app!: App;
  @state() private open = false;

  protected override render(): TemplateResult | typeof nothing {
    const view = this.app.feed.view.value;
    if (!view) return nothing;
    const { counts } = view;
    const { active, trials } = this.app.filtered.value;
    const parts = [
      active ? `${trials.length} of ${view.trials.length}` : `${view.trials.length}`,
      counts.pruned > 0 ? `${counts.pruned} pruned` : '',
      counts.failed > 0 ? `${counts.failed} failed` : '',
    ].filter((part) => part !== '');
    return html`
      <h2>Trials</h2>
      <span class="muted number count">${parts.join(' · ')}</span>
      <sweet-filter-bar .app=${this.app}></sweet-filter-bar>
      ${this.#selection(view)} ${this.#grouping()} ${this.#columns()}
    `;
  }

  #selection(view: StudyView): TemplateResult | typeof nothing {
    const selected = this.app.ui.selected.value.filter((number) => number < view.trials.length);
    const only = selected.length === 1 ? selected[0] : undefined;
    if (selected.length === 0) return nothing;
    const tool = (action: TrialAction, label: string, icon: TemplateResult): TemplateResult =>
      html`<button class="tool" @click=${() => this.app.trialAction(only ?? 0, action)}>${icon}${label}</button>`;
    return html`<div class="selection" role="toolbar" aria-label="Selection">
      <span class="muted">${only === undefined ? `${selected.length} selected` : `Trial ${only}`}</span>
      ${
        only === undefined
          ? nothing
          : html`<button
                class="tool"
                aria-pressed=${this.app.ui.details.value}
                @click=${() => {
                  this.app.ui.details.value = !this.app.ui.details.value;
                }}
              >
                ${detailsIcon}Details
              </button>
              ${tool('compare', 'Compare with File', compareIcon)} ${tool('apply', 'Apply', applyIcon)}
            ${tool('log', 'Open Log', logIcon)}`
      }
      <button class="icon" aria-label="Clear the selection" title="Clear the selection" @click=${() => this.app.ui.selectAll([])}>
        ${clearIcon}
      </button>
    </div>`;
  }

  #grouping(): TemplateResult {
    const { group } = this.app.ui;
    const columns = this.app.columns.value.filter(({ kind }) => kind === 'param' || kind === 'state');
    return html`<vscode-dropdown
      aria-label="Group the trials by"
      .value=${group.value ?? ''}
      @change=${(event: Event) => {
        group.value = (event.target as HTMLSelectElement).value || undefined;
      }}
    >
      <vscode-option value="">No groups</vscode-option>
      ${columns.map(({ id, label }) => html`<vscode-option value=${id}>By ${label}</vscode-option>`)}
    </vscode-dropdown>`;
  }

  #columns(): TemplateResult {
    const { hidden, varyingOnly } = this.app.ui;
    const toggle = (id: string) => (): void => {
      const without = hidden.value.filter((other) => other !== id);
      hidden.value = without.length < hidden.value.length ? without : [...hidden.value, id];
    };
    const columns = this.app.columns.value.filter(({ kind }) => kind !== 'number');
    const count = hidden.value.length > 0 ? `, ${hidden.value.length} hidden` : '';
    return html`<div
      class="menu"
      @keydown=${(event: KeyboardEvent) => {
        if (event.key === 'Escape') this.open = false;
      }}
      @focusout=${(event: FocusEvent) => {
        const next = event.relatedTarget;
        if (!(next instanceof Node) || !(event.currentTarget as Element).contains(next)) this.open = false;
      }}
    >
      <button
        class="icon"
        aria-label="Columns${count}"
        title="Columns${count}"
        aria-expanded=${this.open}
        @click=${() => {
          this.open = !this.open;
        }}
      >
        ${columnsIcon}
      </button>
      ${
        this.open
          ? html`<div class="list" role="group" aria-label="Columns" tabindex="-1">
              <vscode-checkbox
                ?checked=${varyingOnly.value}
                @change=${(event: Event) => {
                  varyingOnly.value = (event.target as HTMLInputElement).checked;
                }}
                >Only what differs</vscode-checkbox
              >
              <hr />
              ${columns.map(
                ({ id, name }) =>
                  html`<vscode-checkbox ?checked=${!hidden.value.includes(id)} @change=${toggle(id)}
                    >${name}</vscode-checkbox
                  >`,
              )}
            </div>`
          : nothing
      }
    </div>`;
  }
}
