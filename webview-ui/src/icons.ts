/** The page's few icons, 16 by 16. A state has the same shape here as in the charts: dot, diamond, cross. */
import { html, type SVGTemplateResult, svg, type TemplateResult } from 'lit';
import { shownState } from '../../src/core/study/pause.js';
import type { Trial, TrialState } from '../../src/core/study/trial.js';

const icon = (content: SVGTemplateResult, name = ''): TemplateResult =>
  html`<svg viewBox="0 0 16 16" aria-hidden="true" class=${name}>${content}</svg>`;

export const starIcon = icon(
  svg`<path d="M8 1.6l1.9 4.1 4.5.5-3.4 3 1 4.4L8 11.4l-4 2.2 1-4.4-3.4-3 4.5-.5z"/>`,
  'star',
);
export const hollowStarIcon = icon(
  svg`<path d="M8 2.6l1.5 3.3 3.6.4-2.7 2.4.8 3.5L8 10.400l-3.2 1.8.8-3.500-2.700-2.400 3.600-.400z" fill="none" stroke="currentColor"/>`,
);
export const noteIcon = icon(
  svg`<path d="M2 2.500h12v8.500H8.500L5.500 14v-3H2zM3 3.500V10h3.500v1.600L8.100 10H13V3.500z"/>`,
);
export const tagIcon = icon(
  svg`<path d="M2 2.500h5.500l6.300 6.300-5.500 5.500L2 8zM3 3.500v4l5.300 5.400 4.100-4.100-5.300-5.300zM4.500 4.600h1.300v1.300H4.500z"/>`,
);
export const excludeIcon = icon(
  svg`<path d="M8 1.500a6.500 6.500 0 110 13 6.500 6.500 0 010-13zm0 1a5.500 5.500 0 00-4.200 9l7.700-7.700A5.500 5.500 0 008 2.500zm4.200 2l-7.700 7.700a5.500 5.500 0 007.700-7.700z"/>`,
);
export const retryIcon = icon(
  svg`<path d="M8 3a5 5 0 014.600 3H14v1h-3.200V3.800h1V5.200A4 4 0 108 12a4 4 0 003.500-2.100l.9.5A5 5 0 118 3z"/>`,
);
export const environmentIcon = icon(
  svg`<path d="M2 2.500h12v8H9v2h2.500v1h-7v-1H7v-2H2zM3 3.500v6h10v-6z"/>`,
);
export const compareIcon = icon(
  svg`<path d="M2 2.5h5v11H2zM3 3.5v9h3v-9zM9 2.5h5v11H9zM10 3.5v9h3v-9z"/><path d="M4 6h1v4H4zM11 7h1v3h-1z"/>`,
);
export const applyIcon = icon(svg`<path d="M13.6 3.6l.8.7-7.8 8.5-4.2-4 .7-.8 3.5 3.3z"/>`);
export const logIcon = icon(svg`<path d="M2 3h12v1H2zM2 6h9v1H2zM2 9h12v1H2zM2 12h7v1H2z"/>`);
export const clearIcon = icon(
  svg`<path d="M8 7.3l3.6-3.6.7.7L8.7 8l3.6 3.6-.7.7L8 8.7l-3.6 3.6-.7-.7L7.3 8 3.7 4.4l.7-.7z"/>`,
);
export const upIcon = icon(svg`<path d="M8 5l4 4.5-.7.6L8 6.4l-3.3 3.7-.7-.6z"/>`);
export const downIcon = icon(svg`<path d="M8 11L4 6.5l.7-.6L8 9.6l3.3-3.7.7.6z"/>`);
export const infoIcon = icon(
  svg`<path d="M8 1.5a6.5 6.5 0 110 13 6.5 6.5 0 010-13zm0 1a5.5 5.5 0 100 11 5.5 5.5 0 000-11zM7.5 7h1v4.5h-1zM7.4 4.6h1.2v1.2H7.4z"/>`,
);
export const warningIcon = icon(
  svg`<path d="M8 1.8l6.8 12H1.2zM8 3.9l-5.1 9h10.2zM7.5 6.5h1v3.6h-1zM7.4 10.9h1.2V12H7.4z"/>`,
);
export const columnsIcon = icon(svg`<path d="M1.5 2.5h13v11h-13zM2.5 3.5v9h3v-9zm4 0v9h3v-9zm4 0v9h3v-9z"/>`);
export const detailsIcon = icon(svg`<path d="M1.5 2.5h13v11h-13zM2.5 3.5v9h7v-9zm8 0v9h3v-9z"/>`);
export const filterIcon = icon(
  svg`<path d="M2 3h12v1.4L9.6 9v4.4L6.4 12V9L2 4.4zM3.3 4l4.1 4.4v3l1.2.5V8.4L12.7 4z"/>`,
);
export const copyIcon = icon(svg`<path d="M5 2h8v9h-1V3H5zM3 4h8v10H3zM4 5v8h6V5z"/>`);
export const saveIcon = icon(
  svg`<path d="M7.5 2h1v6.8l2.6-2.6.7.7L8 10.7 4.200 6.900l.7-.7 2.6 2.6zM3 12h10v1H3z"/>`,
);
export const openIcon = icon(
  svg`<path d="M2 3h5v1H3v9h9V9h1v5H2zM9 2h5v5h-1V3.7L7.9 8.8l-.7-.7L12.3 3H9z"/>`,
);

const STATE_ICONS: Readonly<Record<TrialState | 'excluded', TemplateResult>> = {
  waiting: icon(
    svg`<circle cx="8" cy="8" r="3.5" fill="none" stroke="currentColor" stroke-dasharray="2 1.6"/>`,
  ),
  running: icon(
    svg`<g class="spin"><circle cx="8" cy="8" r="4.5" fill="none" stroke="currentColor" opacity=".3"/>
      <path d="M8 3.5A4.5 4.5 0 0112.5 8" fill="none" stroke="currentColor" stroke-width="1.5"/></g>`,
  ),
  complete: icon(svg`<circle cx="8" cy="8" r="3.2"/>`),
  pruned: icon(
    svg`<path d="M8 3.6L12.4 8 8 12.4 3.6 8z" fill="none" stroke="currentColor" stroke-width="1.3"/>`,
  ),
  failed: icon(svg`<path d="M4.5 4.5l7 7m0-7l-7 7" fill="none" stroke="currentColor" stroke-width="1.5"/>`),
  excluded: icon(
    svg`<g fill="none" stroke="currentColor" stroke-width="1.3"><circle cx="8" cy="8" r="4"/><path d="M5.2 10.8l5.600-5.600"/></g>`,
  ),
};

/** Coloured by the class `state-<state>`; the word beside it is the caller's. */
export const stateIcon = (state: TrialState | 'excluded'): TemplateResult =>
  html`<span class="state-${state}">${STATE_ICONS[state]}</span>`;

export const stateWord: Readonly<Record<ReturnType<typeof shownState> | 'excluded', string>> = {
  waiting: 'Waiting',
  paused: 'Paused',
  running: 'Running',
  complete: 'Complete',
  pruned: 'Pruned',
  failed: 'Failed',
  excluded: 'Excluded',
};

/** A paused trial waits, and is told apart from one that was never started. */
export const trialWord = (trial: Trial): string => stateWord[shownState(trial)];
