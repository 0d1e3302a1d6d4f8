/** Where the charts are: a strip of tabs, the overview (history and learning curves) first, and what can be saved. */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { reportCount } from '../../../src/core/study/table/table.js';
import type { App } from '../app.js';
import { base } from '../styles.js';
import type { ChartTab } from '../ui-state.js';
import type { ExplorerChart } from './explorer-chart.js';
import { saverStyles } from './saver-styles.js';
import { renderSavers } from './savers.js';

const TABS: readonly (readonly [ChartTab, string, string])[] = [
  ['overview', 'Overview', 'Optimization history and learning curves'],
  ['parallel', 'Parallel', 'Parallel coordinates: drag along an axis to filter'],
  ['slice', 'Slice', 'The metric against each parameter'],
  ['importance', 'Importance', 'How much each parameter decides'],
  ['contour', 'Contour', 'The metric over two parameters'],
  ['rank', 'Rank', 'The trials over two parameters, coloured by their rank'],
  ['timeline', 'Timeline', 'What each worker did when'],
  ['edf', 'Distribution', 'Which share of the trials reached a value'],
  ['pareto', 'Pareto', 'The objectives against each other, and the front'],
  ['correlation', 'Correlation', 'How parameters and metrics go together'],
  ['calibration', 'Calibration', 'What the sampler predicted against what came out'],
  ['studies', 'Studies', 'This study beside others with the same objective'],
  ['errors', 'Errors', 'What the best trial got wrong in the validation rows'],
];

@customElement('sweet-chart-area')
export class ChartArea extends SignalWatcher(LitElement) {
  static override styles = [
    base,
    saverStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        border-bottom: 1px solid var(--sweet-border);
      }
      .strip {
        display: flex;
        align-items: center;
        padding: 0 14px;
      }
      .tabs {
        display: flex;
        flex: 1;
        min-width: 0;
        overflow-x: auto;
        scrollbar-width: none;
      }
      .tab {
        flex: none;
        height: 28px;
        padding: 0 8px;
        border-bottom: 1px solid transparent;
        color: var(--vscode-panelTitle-inactiveForeground, var(--vscode-descriptionForeground));
        font-size: 12px;
      }
      .tab:hover,
      .tab[aria-selected='true'] {
        color: var(--vscode-panelTitle-activeForeground, var(--vscode-foreground));
      }
      .tab[aria-selected='true'] {
        border-bottom-color: var(--vscode-panelTitle-activeBorder, var(--vscode-focusBorder, currentColor));
      }
      @media (max-width: 560px) {
        .strip {
          flex-wrap: wrap;
        }
        .tabs {
          flex-basis: 100%;
        }
      }
      .panel {
        height: clamp(220px, 40vh, 400px);
      }
      .overview {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
      }
      .overview > * {
        padding: 4px 20px 10px;
        min-height: 0;
      }
      @media (max-width: 480px) {
        .overview > * {
          padding: 4px 12px 10px;
        }
      }
      /* Two large empty charts would only push the table away. */
      .overview.blank {
        height: 112px;
      }
      .overview > * + * {
        border-left: 1px solid var(--sweet-border);
      }
      @media (max-width: 719px) {
        .overview {
          height: auto;
          grid-template-columns: minmax(0, 1fr);
          grid-auto-rows: 250px;
        }
        .overview.blank {
          height: auto;
          grid-auto-rows: 92px;
        }
        .overview > * + * {
          border-left: none;
          border-top: 1px solid var(--sweet-border);
        }
        /* The choices above and the notes below take several lines each: the plot keeps its height. */
        .panel:not(.overview) {
          height: auto;
        }
      }
    `,
  ];

  @property({ attribute: false }) app!: App;
  #shown: ChartTab | undefined;

  /** Charts that not every study has something for are tabs only where there is something to see. */
  #tabs(): typeof TABS {
    const { feed, peers, ui, validations } = this.app;
    const { tab } = ui.charts.value;
    const left = new Set<ChartTab>();
    if ((feed.view.value?.study.objectives.length ?? 0) < 2) left.add('pareto');
    if (peers.all.value.length === 0 && tab !== 'studies') left.add('studies');
    if (!validations.best.value && tab !== 'errors') left.add('errors');
    return TABS.filter(([id]) => !left.has(id));
  }

  /** Whether trials have ended, and none has said a number: nothing is there to be drawn, and nothing is on its way. */
  #blank(): boolean {
    const view = this.app.feed.view.value;
    if (!view || view.counts.running > 0 || view.trials.length === 0) return false;
    return view.counts.complete === 0 && view.trials.every((trial) => reportCount(trial) === 0);
  }

  protected override render(): TemplateResult {
    const { tab } = this.app.ui.charts.value;
    return html`
      <div class="strip">
        <div class="tabs" role="tablist" aria-label="Charts" @keydown=${this.#onKey}>
          ${this.#tabs().map(
            ([id, label, title]) => html`<button
              class="tab"
              role="tab"
              id="tab-${id}"
              title=${title}
              aria-selected=${tab === id}
              aria-controls="panel"
              tabindex=${tab === id ? 0 : -1}
              @click=${() => this.app.ui.chart({ tab: id })}
            >
              ${label}
            </button>`,
          )}
        </div>
        ${tab === 'overview' ? '' : this.#savers()}
      </div>
      <div id="panel" class="panel ${tab === 'overview' ? 'overview' : ''} ${tab === 'overview' && this.#blank() ? 'blank' : ''}" role="tabpanel" aria-labelledby="tab-${tab}">
        ${
          tab === 'overview'
            ? html`<sweet-history .app=${this.app}></sweet-history><sweet-curves .app=${this.app}></sweet-curves>`
            : html`<sweet-explorer .app=${this.app}></sweet-explorer>`
        }
      </div>
    `;
  }

  #savers(): TemplateResult {
    return renderSavers(
      this.app,
      () => this.renderRoot.querySelector<ExplorerChart>('sweet-explorer')?.shown,
    );
  }

  /** The tab in use is in sight, also where the strip is too short for all. */
  protected override updated(): void {
    const now = this.app.ui.charts.value.tab;
    if (now === this.#shown) return;
    this.#shown = now;
    const tab = this.renderRoot.querySelector('.tab[aria-selected="true"]');
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  /** The arrows walk along the tabs, as in every strip of tabs. */
  #onKey(event: KeyboardEvent): void {
    const tabs = this.#tabs();
    const at = tabs.findIndex(([id]) => id === this.app.ui.charts.value.tab);
    const to = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: tabs.length - 1,
    }[event.key];
    if (to === undefined) return;
    const [id] = tabs[(to + tabs.length) % tabs.length] ?? ['overview'];
    this.app.ui.chart({ tab: id as ChartTab });
    event.preventDefault();
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(`#tab-${id}`)?.focus());
  }
}
