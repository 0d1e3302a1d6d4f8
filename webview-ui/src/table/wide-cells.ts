/** What a cell of the wide table shows: its text or picture, its tooltip, and whether it steps back. */
import { html, nothing, svg, type TemplateResult } from 'lit';
import { formatDuration, formatNumber, formatValue, NOTHING } from '../../../src/core/format.js';
import { jsonEqual } from '../../../src/core/json.js';
import { reasonOf } from '../../../src/core/study/reason.js';
import { type Column, cellOf } from '../../../src/core/study/table/table.js';
import type { Trial } from '../../../src/core/study/trial.js';
import type { StudyView } from '../feed.js';
import { starIcon, stateIcon, trialWord } from '../icons.js';
import { sparkline } from './sparkline.js';

export interface CellContent {
  readonly content: TemplateResult | string;
  readonly title: string;
  readonly muted: boolean;
}

/** `clock`: now, in milliseconds since the epoch; read only for running trials. */
export function cellContent(view: StudyView, trial: Trial, column: Column, clock: () => number): CellContent {
  const now = trial.state === 'running' ? clock() : 0;
  const value = cellOf(trial, column, now);
  switch (column.kind) {
    case 'number': {
      const best = view.best === trial;
      const content = html`${best ? html`${starIcon}<span class="quiet">best</span>` : nothing}${trial.number}`;
      // Titles are asked for where the pointer rests: those that take work are made then.
      return {
        content,
        get title() {
          return trial.suggestion?.reason ?? '';
        },
        muted: false,
      };
    }
    case 'state':
      return {
        content: html`${stateIcon(trial.state)}${trialWord(trial)}`,
        title: reasonOf(view.study, trial) ?? '',
        muted: false,
      };
    case 'objective':
    case 'metric': {
      if (typeof value !== 'number') return { content: NOTHING, title: '', muted: true };
      const final = trial.state === 'complete';
      const title = final ? String(value) : `${value}, as last reported`;
      return { content: formatNumber(value), title, muted: !final };
    }
    case 'param': {
      if (value === undefined) return { content: NOTHING, title: 'Not active in this trial', muted: true };
      const own = jsonEqual(view.study.baseline[column.name], value);
      const text = formatValue(value);
      const exact = typeof value === 'number' ? String(value) : text;
      return { content: text, title: own ? `${exact}, as in the file` : exact, muted: own };
    }
    case 'curve': {
      const path = sparkline(trial.reports);
      const content =
        path === ''
          ? NOTHING
          : html`<svg class="spark" viewBox="0 0 64 16" aria-hidden="true">${svg`<path d=${path}/>`}</svg>`;
      return {
        content,
        title: typeof value === 'number' ? `reported up to step ${value}` : '',
        muted: true,
      };
    }
    case 'duration':
      return {
        content: typeof value === 'number' ? formatDuration(value) : NOTHING,
        get title() {
          return trial.startedAt ? `Started ${new Date(trial.startedAt).toLocaleString()}` : '';
        },
        muted: typeof value !== 'number',
      };
    case 'marks':
      return { content: typeof value === 'string' ? value : '', title: String(value ?? ''), muted: false };
    case 'reason': {
      const reason = reasonOf(view.study, trial) ?? '';
      return { content: reason, title: reason, muted: true };
    }
  }
}
