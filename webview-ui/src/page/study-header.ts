/** The top of the results: which study, how it stands, what it has won, and what can be done with it. */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatDuration, formatNumber, NOTHING } from '../../../src/core/format.js';
import { prunerText } from '../../../src/core/pruners/names.js';
import type { Trial } from '../../../src/core/study/trial.js';
import type { PageState } from '../../../src/protocol/panel.js';
import type { App } from '../app.js';
import type { StudyView } from '../feed.js';
import { starIcon, stateIcon } from '../icons.js';
import { base } from '../styles.js';
import { renderActions } from './actions.js';
import { improvementText, progressOf, type Result, resultOf, statusOf } from './standing.js';

@customElement('sweet-header')
export class StudyHeader extends SignalWatcher(LitElement) {
  static override styles = [
    base,
    css`
      :host {
        display: block;
      }
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 12px;
        padding: 12px 20px 8px;
      }
      h1 {
        font-size: 20px;
        font-weight: 600;
        line-height: 26px;
      }
      .status {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        min-width: 0;
      }
      .fill {
        flex: 1;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: 8px 36px;
        padding: 2px 20px 12px;
      }
      @media (max-width: 719px) {
        dl {
          display: grid;
          grid-template-columns: repeat(auto-fill, minmax(190px, 1fr));
          gap: 8px 16px;
        }
      }
      dt {
        font-size: 11px;
        line-height: 16px;
        color: var(--vscode-descriptionForeground);
      }
      dd {
        font-size: 15px;
        line-height: 22px;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }
      dd small {
        font-size: 12px;
        color: var(--vscode-descriptionForeground);
      }
      dd svg {
        display: inline-block;
        width: 14px;
        height: 14px;
        vertical-align: -2px;
      }
      .better {
        /* A chart's colour is made for areas; text needs a little more contrast. */
        color: color-mix(in srgb, var(--vscode-charts-green) 78%, var(--vscode-foreground));
      }
      .progress {
        height: 2px;
        background: var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
      }
      .progress > div {
        height: 2px;
        background: var(--vscode-progressBar-background);
        transform-origin: left;
        transition: transform 200ms;
      }
      @media (prefers-reduced-motion: reduce) {
        .progress > div {
          transition: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) app!: App;

  protected override render(): TemplateResult | typeof nothing {
    const page = this.app.feed.page.value;
    const view = this.app.feed.view.value;
    if (!page || !view) return nothing;
    const status = statusOf(page, view);
    return html`
      <div class="top">
        <h1>${view.study.name || view.ref.name}</h1>
        <button class="link" title=${view.ref.configFile} @click=${() => this.app.studyAction('open-config')}>
          ${view.ref.configName}
        </button>
        <span class="status" title=${status.reason}>
          ${status.kind === 'running' || status.kind === 'stopping' ? stateIcon('running') : nothing}
          <span>${status.word}${status.reason ? html`<span class="muted"> – ${status.reason}</span>` : nothing}</span>
        </span>
        <span class="fill"></span>
        <div class="actions">${renderActions(this.app, page, view)}</div>
      </div>
      <dl>
        ${this.#progress(page, view)} ${this.#result(view, resultOf(view))}
        <div>
          <dt>Elapsed</dt>
          <dd>${formatDuration(this.#elapsed(view))}</dd>
        </div>
        <div>
          <dt>Search</dt>
          <dd>
            ${view.study.settings.sampler}
            <small>
              ${view.study.settings.pruner === 'none' ? 'no pruning' : `${prunerText(view.study.settings.pruner)} pruning`}, seed
              ${view.study.settings.seed}
            </small>
          </dd>
        </div>
      </dl>
      ${this.#bar(view)}
    `;
  }

  #elapsed({ study }: StudyView): number {
    if (study.runningSince === undefined) return study.elapsedMs;
    // Without an engine the clock stands at the last that was heard.
    const atWork = this.app.feed.page.value?.engine !== undefined;
    const until = atWork ? this.app.now.value : lastWord(study.trials);
    return study.elapsedMs + Math.max(0, until - Date.parse(study.runningSince));
  }

  #progress(page: PageState, view: StudyView): TemplateResult {
    const { done, total } = progressOf(view);
    const { running, pruned, failed } = view.counts;
    const details = [
      ...(running > 0 && page.engine ? [`${running} running`] : []),
      ...(pruned > 0 ? [`${pruned} pruned`] : []),
      ...(failed > 0 ? [`${failed} failed`] : []),
    ].join(', ');
    return html`<div>
      <dt>Trials</dt>
      <dd>${done}${total === undefined ? nothing : html`<small>/</small>${total}`} <small>${details}</small></dd>
    </div>`;
  }

  #result(view: StudyView, result: Result | undefined): TemplateResult {
    const metric = view.study.objectives[0]?.metric ?? 'value';
    if (!result) {
      return html`<div><dt>Best ${metric}</dt><dd>${NOTHING}</dd></div>`;
    }
    const { value, trial, baseline, improvement } = result;
    const gained = improvement && improvement.gain > 0;
    return html`
      <div>
        <dt>Best ${metric}</dt>
        <dd>${starIcon} ${formatNumber(value)} <small>trial ${trial}</small></dd>
      </div>
      <div>
        <dt>Compared with the file</dt>
        <dd>
          ${
            improvement && gained
              ? html`<span class="better">${improvementText(improvement)}</span>
                  <small>from ${formatNumber(baseline ?? Number.NaN)}</small>`
              : html`<small>${
                  baseline === undefined
                    ? 'the values in the file have no result'
                    : 'the values in the file are best'
                }</small>`
          }
        </dd>
      </div>
    `;
  }

  #bar(view: StudyView): TemplateResult {
    const { done, total } = progressOf(view);
    const share = total === undefined ? 0 : Math.min(1, done / total);
    return html`<div
      class="progress"
      role="progressbar"
      aria-label="Trials done"
      aria-valuemin="0"
      aria-valuemax=${total ?? Math.max(1, view.trials.length)}
      aria-valuenow=${done}
    >
      <div .style=${`transform:scaleX(${share})`}></div>
    </div>`;
  }
}

function lastWord(trials: readonly Trial[]): number {
  let last = 0;
  for (const { startedAt, finishedAt } of trials) {
    for (const at of [startedAt, finishedAt]) if (at !== undefined) last = Math.max(last, Date.parse(at));
  }
  return last;
}
