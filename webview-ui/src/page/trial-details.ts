/** One trial in full: its values beside the best and the file's, its curve, why it was tried and how it ended. */

import { SignalWatcher } from '@lit-labs/preact-signals';
import { css, html, LitElement, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatDuration, formatNumber, formatValue, NOTHING } from '../../../src/core/format.js';
import { type Json, jsonEqual } from '../../../src/core/json.js';
import { isBetter, objectiveOf } from '../../../src/core/study/best.js';
import { isPaused } from '../../../src/core/study/pause.js';
import { reasonOf } from '../../../src/core/study/reason.js';
import { durationOf, metricOf } from '../../../src/core/study/table/table.js';
import type { Trial } from '../../../src/core/study/trial.js';
import type { TrialAction } from '../../../src/protocol/panel.js';
import type { App } from '../app.js';
import type { StudyView } from '../feed.js';
import {
  applyIcon,
  clearIcon,
  compareIcon,
  environmentIcon,
  excludeIcon,
  hollowStarIcon,
  logIcon,
  noteIcon,
  retryIcon,
  starIcon,
  stateIcon,
  tagIcon,
  trialWord,
} from '../icons.js';
import { base } from '../styles.js';
import { curvePaths } from './trial-curve.js';
import { apartFrom, peakOf, ranIn } from './trial-ran.js';
import './trial-left.js';

function whyWord(trial: Trial): string {
  if (isPaused(trial)) return 'Why it was paused';
  switch (trial.state) {
    case 'failed':
      return 'Why it failed';
    case 'pruned':
      return 'Why it was pruned';
    case 'complete':
      return 'Why it cannot be the best';
    default:
      return 'Why it waits';
  }
}

@customElement('sweet-trial')
export class TrialDetails extends SignalWatcher(LitElement) {
  static override styles = [
    base,
    css`
      :host {
        display: block;
        overflow: auto;
        padding: 4px 16px 16px;
      }
      header {
        display: flex;
        align-items: center;
        gap: 6px;
        min-height: 28px;
      }
      header h2 {
        font-size: 13px;
        display: inline-flex;
        align-items: center;
        gap: 4px;
      }
      header .fill {
        flex: 1;
      }
      h3 {
        margin: 12px 0 2px;
        font-size: 11px;
        font-weight: 600;
        color: var(--vscode-descriptionForeground);
      }
      p {
        overflow-wrap: anywhere;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }
      th,
      td {
        max-width: 110px;
        padding: 1px 8px 1px 0;
        overflow: hidden;
        text-align: left;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-weight: normal;
      }
      thead th {
        font-size: 11px;
        color: var(--vscode-descriptionForeground);
      }
      td.differs {
        font-weight: 600;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 1px 12px;
      }
      dt {
        color: var(--vscode-descriptionForeground);
      }
      dd {
        overflow-wrap: anywhere;
      }
      .marks {
        display: flex;
        flex-wrap: wrap;
        gap: 2px;
        margin: 4px -6px;
      }
      .tool {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        height: 22px;
        padding: 0 6px;
        border-radius: 5px;
      }
      .tool:hover {
        background: var(--vscode-toolbar-hoverBackground);
        outline: 1px dashed var(--vscode-toolbar-hoverOutline, transparent);
        outline-offset: -1px;
      }
      .tag {
        margin-right: 4px;
        padding: 0 8px;
        border: 1px solid var(--vscode-contrastBorder, transparent);
        border-radius: 9px;
        background: var(--vscode-badge-background, transparent);
        color: var(--vscode-badge-foreground, var(--vscode-foreground));
        font-size: 11px;
      }
      .marks ~ p {
        margin-bottom: 6px;
      }
      .note {
        white-space: pre-wrap;
      }
      .part {
        display: block;
        break-inside: avoid;
      }
      .part:first-child > h3 {
        margin-top: 4px;
      }
      /* Below the table, where it has the whole width. */
      @media (min-width: 560px) and (max-width: 719px) {
        .parts {
          columns: 2;
          column-gap: 28px;
        }
      }
      .curve {
        width: 100%;
        height: 110px;
        margin-top: 2px;
        border-bottom: 1px solid var(--sweet-border, currentColor);
        fill: none;
      }
      .curve path {
        vector-effect: non-scaling-stroke;
        stroke-width: 1.5;
      }
      .own {
        stroke: var(--vscode-foreground);
      }
      .best {
        stroke: var(--vscode-charts-green);
        stroke-dasharray: 4 3;
      }
      .range {
        display: flex;
        justify-content: space-between;
        font-size: 11px;
        color: var(--vscode-descriptionForeground);
      }
    `,
  ];

  @property({ attribute: false }) app!: App;

  protected override render(): TemplateResult | typeof nothing {
    const view = this.app.feed.view.value;
    const trial = view?.trials[this.app.ui.selected.value.at(-1) ?? -1];
    if (!view || !trial) return nothing;
    const reason = reasonOf(view.study, trial);
    return html`
      <section aria-label="Trial ${trial.number}">
        ${this.#head(view, trial)}
        <p class="muted">${this.#standing(view, trial)}</p>
        ${this.#marks(trial)}
        <div class="parts">
          ${reason === undefined ? nothing : html`<div class="part"><h3>${whyWord(trial)}</h3><p>${reason}</p></div>`}
          ${this.#params(view, trial)} ${this.#curve(view, trial)} ${this.#metrics(view, trial)}
          ${
            trial.suggestion
              ? html`<div class="part"><h3>Why these values</h3><p>${trial.suggestion.reason} <span class="muted">(${trial.suggestion.sampler})</span></p></div>`
              : nothing
          }
          ${this.#times(trial)} ${this.#environment(view, trial)}
          <sweet-trial-left
            class="part"
            .app=${this.app}
            .trial=${trial.number}
            .version=${`${trial.state} ${trial.reports.length}`}
          ></sweet-trial-left>
        </div>
      </section>
    `;
  }

  #head(view: StudyView, trial: Trial): TemplateResult {
    const act = (action: TrialAction, label: string, icon: TemplateResult): TemplateResult =>
      html`<button class="icon" aria-label=${label} title=${label} @click=${() => this.app.trialAction(trial.number, action)}>
        ${icon}
      </button>`;
    return html`<header>
      <h2>${view.best === trial ? starIcon : nothing}Trial ${trial.number}</h2>
      ${stateIcon(trial.state)}<span>${trialWord(trial)}</span>
      <span class="fill"></span>
      ${act('compare', 'Compare with the file', compareIcon)} ${act('apply', 'Apply to the file', applyIcon)}
      ${act('log', 'Open the log', logIcon)} ${act('retry', 'Try again, with other values', retryIcon)}
      ${act('environment', 'Show what it ran in', environmentIcon)}
      <button
        class="icon"
        aria-label="Close the details"
        title="Close"
        @click=${() => {
          this.app.ui.details.value = false;
        }}
      >
        ${clearIcon}
      </button>
    </header>`;
  }

  /** What people said about it, each with the way to change it. */
  #marks(trial: Trial): TemplateResult {
    const { starred = false, note, tags = [], excluded } = trial.marks ?? {};
    const tool = (
      action: TrialAction,
      label: string,
      icon: TemplateResult,
      pressed?: boolean,
    ): TemplateResult => html`<button
      class="tool"
      aria-pressed=${pressed ?? nothing}
      @click=${() => this.app.trialAction(trial.number, action)}
    >
      ${icon}${label}
    </button>`;
    return html`<div class="marks" role="toolbar" aria-label="Marks of trial ${trial.number}">
        ${tool('star', starred ? 'Starred' : 'Star', starred ? starIcon : hollowStarIcon, starred)}
        ${tool('note', note ? 'Edit note' : 'Note', noteIcon)} ${tool('tag', 'Tags', tagIcon)}
        ${
          excluded === undefined
            ? tool('exclude', 'Exclude', excludeIcon)
            : tool('include', 'Include again', excludeIcon, true)
        }
      </div>
      ${excluded === undefined ? nothing : html`<p>Excluded: it does not count${excluded === '' ? '' : html` (${excluded})`}.</p>`}
      ${tags.length === 0 ? nothing : html`<p>${tags.map((tag) => html`<span class="tag">${tag}</span>`)}</p>`}
      ${note ? html`<p class="note">${note}</p>` : nothing}`;
  }

  #standing(view: StudyView, trial: Trial): string {
    const objective = view.study.objectives[0];
    const metric = objective?.metric ?? 'value';
    const value = objectiveOf(trial);
    if (value === undefined) {
      const last = metricOf(trial, metric);
      return last === undefined
        ? `${metric}: no value`
        : `${metric} ${formatNumber(last, 5)}, as last reported`;
    }
    let better = 0;
    let completed = 0;
    for (const other of view.trials) {
      const theirs = objectiveOf(other);
      if (theirs === undefined) continue;
      completed++;
      if (isBetter(theirs, value, objective?.direction ?? 'minimize')) better++;
    }
    return `${metric} ${formatNumber(value, 5)}, number ${better + 1} of ${completed} completed`;
  }

  #params(view: StudyView, trial: Trial): TemplateResult {
    const labels = new Map(this.app.columns.value.map(({ name, label }) => [name, label]));
    const names = this.app.columns.value.filter(({ kind }) => kind === 'param').map(({ name }) => name);
    const best = view.best && view.best !== trial ? view.best : undefined;
    const { baseline } = view.study;
    const differs = (a: Json | undefined, b: Json | undefined): string => (jsonEqual(a, b) ? '' : 'differs');
    return html`<div class="part"><table>
      <thead>
        <tr>
          <th scope="col">Value</th>
          <th scope="col">this</th>
          ${best ? html`<th scope="col">best, #${best.number}</th>` : nothing}
          <th scope="col">file</th>
        </tr>
      </thead>
      <tbody>
        ${names.map((name) => {
          const own = trial.params[name];
          return html`<tr>
            <th scope="row" title=${name}>${labels.get(name) ?? name}</th>
            <td class=${differs(own, baseline[name])} title=${String(own ?? 'not active')}>${formatValue(own)}</td>
            ${best ? html`<td class="muted">${formatValue(best.params[name])}</td>` : nothing}
            <td class="muted">${formatValue(baseline[name])}</td>
          </tr>`;
        })}
      </tbody>
    </table></div>`;
  }

  #curve(view: StudyView, trial: Trial): TemplateResult | typeof nothing {
    const best = view.best !== trial ? view.best : undefined;
    const curve = curvePaths(trial.reports, best?.reports ?? []);
    if (!curve) return nothing;
    const metric = view.study.objectives[0]?.metric ?? 'value';
    return html`<div class="part"><h3>${metric} by step${curve.other === '' ? '' : ', dashed: the best'}</h3>
      <svg
        class="curve"
        viewBox="0 0 100 100"
        preserveAspectRatio="none"
        role="img"
        aria-label="${metric} from ${formatNumber(curve.high)} to ${formatNumber(curve.low)} over ${curve.steps} steps"
      >
        ${svg`<path class="best" d=${curve.other}/><path class="own" d=${curve.own}/>`}
      </svg>
      <div class="range number">
        <span>${formatNumber(curve.low)} – ${formatNumber(curve.high)}</span><span>${curve.steps} steps</span>
      </div></div>`;
  }

  #metrics(view: StudyView, trial: Trial): TemplateResult | typeof nothing {
    const objective = view.study.objectives[0]?.metric;
    const values = { ...trial.reports.at(-1)?.metrics, ...trial.values };
    const names = Object.keys(values).filter((name) => name !== objective);
    if (names.length === 0) return nothing;
    return html`<div class="part"><h3>Metrics</h3>
      <dl class="number">
        ${names.map((name) => html`<dt>${name}</dt><dd>${formatNumber(values[name] ?? Number.NaN, 5)}</dd>`)}
      </dl></div>`;
  }

  #times(trial: Trial): TemplateResult {
    const took = durationOf(trial, trial.state === 'running' ? this.app.now.value : 0);
    const steps = trial.reports.at(-1)?.step;
    const peak = peakOf(trial);
    return html`<div class="part"><h3>Time${peak === undefined ? '' : ' and memory'}</h3>
      <dl class="number">
        <dt>Started</dt>
        <dd>${trial.startedAt === undefined ? NOTHING : new Date(trial.startedAt).toLocaleString()}</dd>
        <dt>Took</dt>
        <dd>
          ${took === undefined ? NOTHING : formatDuration(took)}${
            took !== undefined && steps ? `, ${formatDuration(took / steps)} a step` : ''
          }
        </dd>
        ${peak === undefined ? nothing : html`<dt>Memory</dt><dd>${peak} at its peak</dd>`}
      </dl></div>`;
  }

  #environment(view: StudyView, trial: Trial): TemplateResult | typeof nothing {
    const lines = ranIn(view.study, trial);
    if (lines.length === 0) return nothing;
    const apart = view.best && view.best !== trial ? apartFrom(view.study, trial, view.best) : undefined;
    return html`<div class="part"><h3>Ran in</h3>
      <dl>
        ${lines.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}
      </dl>
      ${apart === undefined ? nothing : html`<p class="muted">${apart}</p>`}</div>`;
  }
}
