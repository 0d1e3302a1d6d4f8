/** The filter of one column, under its head: two ends for numbers, a list to tick for everything else. */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatNumber, formatValue } from '../../../src/core/format.js';
import { canonicalJson, type Json } from '../../../src/core/json.js';
import type { Column } from '../../../src/core/study/table/table.js';
import type { App } from '../app.js';
import { base, fieldStyles } from '../styles.js';
import { columnValues } from './column-values.js';

@customElement('sweet-column-filter')
export class ColumnFilter extends SignalWatcher(LitElement) {
  static override styles = [
    base,
    fieldStyles,
    css`
      :host {
        position: absolute;
        top: 26px;
        z-index: 7;
        max-height: calc(100% - 34px);
        overflow: auto;
        padding: 8px 12px;
        border: 1px solid var(--vscode-menu-border, var(--vscode-panel-border, var(--vscode-contrastBorder)));
        border-radius: 5px;
        background: var(--vscode-menu-background, var(--vscode-editorWidget-background));
        color: var(--vscode-menu-foreground, var(--vscode-foreground));
        box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
      }
      h2 {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .ends {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 4px 8px;
        align-items: center;
      }
      .values {
        display: grid;
      }
      vscode-checkbox {
        margin: 2px 0;
      }
      .actions {
        display: flex;
        justify-content: space-between;
        margin-top: 8px;
      }
    `,
  ];

  @property({ attribute: false }) app!: App;
  @property({ attribute: false }) column!: Column;

  override connectedCallback(): void {
    super.connectedCallback();
    this.addEventListener('keydown', this.#onKey);
    this.addEventListener('focusout', this.#onLeave);
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector<HTMLElement>('input, vscode-checkbox, button')?.focus();
  }

  protected override render(): TemplateResult {
    const trials = this.app.feed.view.value?.trials ?? [];
    const values = columnValues(trials, this.column);
    return html`<div role="dialog" aria-label="Filter by ${this.column.name}">
      <h2>${this.column.name}</h2>
      ${
        values === undefined
          ? html`<p>No trial has a value here.</p>`
          : values.kind === 'range'
            ? this.#range(values.low, values.high)
            : this.#list(values.values)
      }
      <div class="actions">
        <button class="link" @click=${() => this.app.ui.brush(this.column.id, undefined)}>Every value</button>
        <button class="link" @click=${() => this.#close()}>Close</button>
      </div>
    </div>`;
  }

  get #brush() {
    return this.app.ui.filter.value.brushes.find(({ column }) => column === this.column.id);
  }

  #range(least: number, most: number): TemplateResult {
    const brush = this.#brush;
    const [low, high] = brush && 'low' in brush ? [brush.low, brush.high] : [undefined, undefined];
    const scale = this.column.kind === 'duration' ? 1000 : 1;
    const shown = (value: number | undefined, none: number): string =>
      value === undefined || Math.abs(value) >= BEYOND || value === none ? '' : String(value / scale);
    const set = (end: 'low' | 'high') => (event: Event) => {
      const text = (event.target as HTMLInputElement).value.trim();
      const number = text === '' ? Number.NaN : Number(text) * scale;
      const ends = { low: low ?? -BEYOND, high: high ?? BEYOND };
      ends[end] = Number.isFinite(number) ? number : end === 'low' ? -BEYOND : BEYOND;
      const open = ends.low === -BEYOND && ends.high === BEYOND;
      this.app.ui.brush(this.column.id, open ? undefined : { column: this.column.id, ...ends });
    };
    const input = (end: 'low' | 'high', label: string, value: number | undefined, none: number) =>
      html`<label for=${end}>${label}</label
        ><input
          id=${end}
          type="text"
          inputmode="decimal"
          .value=${shown(value, Number.NaN)}
          placeholder=${formatNumber(none / scale)}
          @change=${set(end)}
        />`;
    return html`<div class="ends">
      ${input('low', 'At least', low, least)} ${input('high', 'At most', high, most)}
    </div>`;
  }

  #list(values: readonly { readonly value: Json; readonly count: number }[]): TemplateResult {
    const brush = this.#brush;
    const chosen = new Set(brush && 'values' in brush ? brush.values.map(canonicalJson) : []);
    const toggle = (value: Json) => (event: Event) => {
      const on = (event.target as HTMLInputElement).checked;
      const others = values.filter(
        (one) => canonicalJson(one.value) !== canonicalJson(value) && chosen.has(canonicalJson(one.value)),
      );
      const next = [...others.map((one) => one.value), ...(on ? [value] : [])];
      this.app.ui.brush(
        this.column.id,
        next.length === 0 ? undefined : { column: this.column.id, values: next },
      );
    };
    return html`<div class="values">
      ${values.map(
        ({ value, count }) => html`<vscode-checkbox
          ?checked=${chosen.has(canonicalJson(value))}
          @change=${toggle(value)}
          >${formatValue(value)} <span class="muted">${count}</span></vscode-checkbox
        >`,
      )}
    </div>`;
  }

  #close(): void {
    this.dispatchEvent(new Event('close'));
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    this.#close();
  }

  #onLeave(event: FocusEvent): void {
    const next = event.relatedTarget;
    if (next instanceof Node && (this.contains(next) || this.renderRoot.contains(next))) return;
    if (next === null) return;
    this.#close();
  }
}

/** An end that leaves nothing out. */
const BEYOND = Number.MAX_VALUE;
