/** The top of the results: which study, how it stands, what it has won, and what can be done with it. */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { type Pace, paceOf } from '../../../src/core/analysis/pace.js';
import { formatBytes, formatDuration, formatNumber, NOTHING } from '../../../src/core/format.js';
import { prunerText } from '../../../src/core/pruners/names.js';
import type { Front } from '../../../src/core/study/objectives/front.js';
import type { Trial } from '../../../src/core/study/trial.js';
import type { PageState } from '../../../src/protocol/panel.js';
import type { App } from '../app.js';
import type { StudyView } from '../feed.js';
import { starIcon, stateIcon } from '../icons.js';
import { base } from '../styles.js';
import { renderActions } from './actions.js';
import { damageBanner } from './damage-banner.js';
import { environmentBanner } from './environment-banner.js';
import { frontOfView } from './front.js';
import { certaintyOf, improvementText, progressOf, type Result, resultOf, statusOf } from './standing.js';

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
        gap: 8px 28px;
        padding: 2px 20px 12px;
      }
      .banner {
        margin: 2px 20px 8px;
        padding: 4px 10px;
        border-left: 3px solid var(--vscode-editorWarning-foreground);
        overflow-wrap: anywhere;
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
      @media (max-width: 719px) {
        dd {
          white-space: normal;
        }
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
    const pace = this.#pace(page, view);
    return html`
      <div class="top">
        <h1>${view.ref.name}</h1>
        <button class="link" title=${view.ref.configFile} @click=${() => this.app.studyAction('open-config')}>
          ${view.ref.configName}
        </button>
        <span class="status" title=${status.reason}>
          ${status.kind === 'running' || status.kind === 'stopping' ? stateIcon('running') : nothing}
          <span>${status.word}${status.reason && status.kind !== 'error' ? html`<span class="muted"> – ${status.reason}</span>` : nothing}</span>
        </span>
        <span class="muted" title="How the study searches">${searchText(view)}</span>
        <span class="fill"></span>
        <div class="actions">${renderActions(this.app, page, view)}</div>
      </div>
      ${environmentBanner(view.study)}
      ${damageBanner(view.ref)}
      <dl>
        ${this.#progress(page, view)} ${this.#result(view, resultOf(view))}
        ${this.#time(view, pace, page.engine?.stopping !== undefined)}
        ${this.#live(page, view, pace)}
      </dl>
      ${this.#bar(view)}
    `;
  }

  /** Nothing for a file of another program, which says no such time. */
  #time(view: StudyView, pace: Pace | undefined, stopping: boolean): TemplateResult | typeof nothing {
    if (view.ref.foreign) return nothing;
    const left = stopping ? undefined : pace?.left;
    return html`
      <div>
        <dt>Elapsed</dt>
        <dd>
          ${formatDuration(this.#elapsed(view))}
          ${
            left
              ? html`<small title="Four times out of five, if the trials to come take as long as the last ones did"
                  >${spanText(left.low, left.high)} left</small
                >`
              : nothing
          }
        </dd>
      </div>
    `;
  }

  #elapsed({ study }: StudyView): number {
    if (study.runningSince === undefined) return study.elapsedMs;
    // Without an engine the clock stands at the last that was heard.
    const atWork = this.app.feed.page.value?.engine !== undefined;
    const until = atWork ? this.app.now.value : lastWord(study.trials);
    return study.elapsedMs + Math.max(0, until - Date.parse(study.runningSince));
  }

  #pace({ engine }: PageState, view: StudyView): Pace | undefined {
    if (!engine || view.study.status.kind !== 'running') return undefined;
    return paceOf({ ...view.study, trials: view.trials }, engine.workers, this.app.now.value);
  }

  /** How fast it goes and what it takes of the machine: while an engine is at work. */
  #live(page: PageState, view: StudyView, pace: Pace | undefined): TemplateResult | typeof nothing {
    const { engine } = page;
    if (!engine || view.study.status.kind !== 'running') return nothing;
    return html`
      <div>
        <dt>Workers</dt>
        <dd>
          ${engine.busy}<small>/</small>${engine.workers}
          <small
            >${[
              ...(pace ? [`${formatNumber(pace.perMinute, 2)} trials/min`] : []),
              ...(engine.usage
                ? [`${formatNumber(engine.usage.cores, 2)} cores`, formatBytes(engine.usage.memory)]
                : []),
            ].join(', ')}</small
          >
        </dd>
      </div>
    `;
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
    const front = frontOfView(view);
    if (front) return this.#front(front, view.ref.foreign === true);
    if (!result) {
      return html`<div><dt>Best ${metric}</dt><dd>${NOTHING}</dd></div>`;
    }
    const { value, trial, baseline, improvement } = result;
    const gained = improvement && improvement.gain > 0;
    const sure = certaintyOf(view);
    return html`
      <div>
        <dt>Best ${metric}</dt>
        <dd>
          ${starIcon} ${formatNumber(value)}
          <small>trial ${trial}</small>${sure ? html`<small title=${sure.text}>, ${sure.short}</small>` : nothing}
        </dd>
      </div>
      <div>
        <dt>Compared with ${view.ref.foreign ? 'trial 0' : 'the file'}</dt>
        <dd>
          ${
            improvement && gained
              ? html`<span class="better">${improvementText(improvement)}</span>
                  <small>from ${formatNumber(baseline ?? Number.NaN)}</small>`
              : html`<small>${
                  view.ref.foreign
                    ? baseline === undefined
                      ? 'it has no result'
                      : 'it is the best'
                    : baseline === undefined
                      ? 'the values in the file have no result'
                      : 'the values in the file are best'
                }</small>`
          }
        </dd>
      </div>
    `;
  }

  #front({ trials, balanced, betterThanBaseline }: Front, foreign: boolean): TemplateResult {
    const better = betterThanBaseline?.length ?? 0;
    return html`
      <div>
        <dt>Pareto front</dt>
        <dd>${trials.length} <small>${trials.length === 1 ? 'trial' : 'trials'}</small></dd>
      </div>
      <div>
        <dt>Balanced</dt>
        <dd>${balanced ? html`${starIcon} #${balanced.number}` : NOTHING}
          <small>${balanced?.objectives?.map((value) => formatNumber(value)).join(' / ') ?? ''}</small></dd>
      </div>
      <div>
        <dt>Compared with ${foreign ? 'trial 0' : 'the file'}</dt>
        <dd>
          ${
            better > 0
              ? html`<span class="better">${better}</span> <small>better, and nowhere worse</small>`
              : html`<small>${
                  betterThanBaseline
                    ? 'none is better in every metric'
                    : foreign
                      ? 'it has no result'
                      : 'the values in the file have no result'
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

function searchText({ study }: StudyView): string {
  const { sampler, pruner, seed } = study.settings;
  // Other programs do not say how theirs were searched.
  if (sampler === '') return '';
  const pruning = pruner === 'none' ? 'no pruning' : `${prunerText(pruner)} pruning`;
  return `${sampler}, ${pruning}, seed ${seed}`;
}

/** `12 – 18 m`, in the unit of the longer; one number where both come to the same. */
function spanText(low: number, high: number): string {
  if (high < 1000) return 'moments';
  const [unit, size] = high < 120_000 ? ['s', 1000] : high < 7_200_000 ? ['m', 60_000] : ['h', 3_600_000];
  const digits = size === 3_600_000 ? 1 : 0;
  const [from, to] = [(low / size).toFixed(digits), (high / size).toFixed(digits)];
  return from === to ? `${to} ${unit}` : `${from} – ${to} ${unit}`;
}

function lastWord(trials: readonly Trial[]): number {
  let last = 0;
  for (const { startedAt, finishedAt } of trials) {
    for (const at of [startedAt, finishedAt]) if (at !== undefined) last = Math.max(last, Date.parse(at));
  }
  return last;
}
