/**
 * A study as one HTML file that needs nothing else: facts, the history, learning curves, each parameter against the
 * result, and all trials. Charts are drawn as SVG without a script, so it can be mailed, archived and printed.
 */

import { extent } from 'd3-array';
import { historyOf, robustRange } from '../analysis/history.js';
import { formatNumber, formatValue, NOTHING } from '../format.js';
import type { Json } from '../json.js';
import { choicesOf } from '../space/encode.js';
import type { Parameter } from '../space/parameter.js';
import { bestTrial, objectiveOf } from '../study/best.js';
import { frontOf } from '../study/objectives/front.js';
import { reasonOf } from '../study/reason.js';
import type { Study, Trial } from '../study/trial.js';
import { facts, rangeInWords } from './markdown.js';

const WIDTH = 720;
const HEIGHT = 260;
const SMALL = { width: 352, height: 220 };
const PAD = { left: 64, right: 14, top: 12, bottom: 34 };
/** Curves drawn, the newest trials first: more would be a blot. */
const MOST_CURVES = 60;
const DIGITS = 4;

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const number = (value: number): string => escaped(formatNumber(value, DIGITS));

interface Scale {
  at(value: number): number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** About five round numbers in a range. */
function roundNumbers(low: number, high: number): readonly number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / 4;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((k) => k * size).find((one) => one >= raw) ?? raw;
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, k) => (first + k) * step);
}

function linear(low: number, high: number, from: number, to: number): Scale {
  const span = high > low ? high - low : 1;
  const at = (value: number): number => from + ((value - low) / span) * (to - from);
  return {
    at,
    ticks: roundNumbers(low, high).map((value) => ({ at: at(value), label: formatNumber(value, 3) })),
  };
}

function logarithmic(low: number, high: number, from: number, to: number): Scale {
  const inner = linear(Math.log10(low), Math.log10(high), from, to);
  const at = (value: number): number => inner.at(Math.log10(value));
  const decades = Array.from(
    { length: Math.floor(Math.log10(high)) - Math.ceil(Math.log10(low)) + 1 },
    (_, k) => 10 ** (Math.ceil(Math.log10(low)) + k),
  );
  const marks = decades.length > 1 ? decades : [low, high];
  return { at, ticks: marks.map((value) => ({ at: at(value), label: formatNumber(value, 3) })) };
}

function categories(labels: readonly string[], from: number, to: number): Scale {
  const at = (index: number): number => from + ((index + 0.5) / labels.length) * (to - from);
  return { at, ticks: labels.map((label, index) => ({ at: at(index), label })) };
}

/** The range that results fill, without outliers that would flatten all else. */
function resultScale(values: readonly number[], keep: readonly number[], height: number): Scale {
  const { low = 0, high = 1 } = robustRange(values, keep) ?? {};
  const margin = (high - low) * 0.05 || Math.abs(high) * 0.05 || 1;
  return linear(low - margin, high + margin, height - PAD.bottom, PAD.top);
}

const clamp = (y: number, height: number): number => Math.min(height - PAD.bottom, Math.max(PAD.top, y));

function frame(
  size: { width: number; height: number },
  x: Scale,
  y: Scale,
  names: readonly [string, string],
  body: string,
): string {
  const { width, height } = size;
  const bottom = height - PAD.bottom;
  const vertical = y.ticks.map(
    ({ at, label }) =>
      `<line class="grid" x1="${PAD.left}" x2="${width - PAD.right}" y1="${at.toFixed(1)}" y2="${at.toFixed(1)}"/><text class="tick" text-anchor="end" x="${PAD.left - 6}" y="${(at + 4).toFixed(1)}">${escaped(label)}</text>`,
  );
  const horizontal = x.ticks.map(
    ({ at, label }) =>
      `<text class="tick" text-anchor="middle" x="${at.toFixed(1)}" y="${bottom + 16}">${escaped(label.length > 12 ? `${label.slice(0, 11)}…` : label)}</text>`,
  );
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" role="img" aria-label="${escaped(`${names[1]} against ${names[0]}`)}">${vertical.join('')}${horizontal.join('')}<line class="axis" x1="${PAD.left}" x2="${width - PAD.right}" y1="${bottom}" y2="${bottom}"/>${body}<text class="tick" text-anchor="middle" x="${(PAD.left + width) / 2}" y="${height - 4}">${escaped(names[0])}</text></svg>`;
}

const dot = (x: number, y: number, title: string, best: boolean): string =>
  `<circle class="${best ? 'best' : 'dot'}" cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="${best ? 5 : 3}"><title>${escaped(title)}</title></circle>`;

const path = (points: readonly (readonly [number, number])[], kind: string): string =>
  points.length < 2
    ? ''
    : `<path class="${kind}" d="M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join('L')}"/>`;

function history(study: Study, metric: string): string {
  const { points, best } = historyOf(study);
  const values = points.flatMap(({ value }) =>
    value === undefined || !Number.isFinite(value) ? [] : [value],
  );
  const winner = bestTrial(study);
  const keep = winner ? [objectiveOf(winner) as number] : [];
  const x = linear(0, Math.max(1, study.trials.length - 1), PAD.left, WIDTH - PAD.right);
  const y = resultScale(values, keep, HEIGHT);
  const line = best.flatMap(({ trial, value }, index): [number, number][] => {
    const before = best[index - 1];
    return [
      ...(before ? [[x.at(trial), clamp(y.at(before.value), HEIGHT)] as [number, number]] : []),
      [x.at(trial), clamp(y.at(value), HEIGHT)],
    ];
  });
  const dots = study.trials.flatMap((trial) => {
    const value = objectiveOf(trial);
    return value === undefined
      ? []
      : [
          dot(
            x.at(trial.number),
            clamp(y.at(value), HEIGHT),
            `trial ${trial.number}: ${formatNumber(value, DIGITS)}`,
            trial.number === winner?.number,
          ),
        ];
  });
  return frame({ width: WIDTH, height: HEIGHT }, x, y, ['trial', metric], path(line, 'line') + dots.join(''));
}

/** The first two objectives against each other; the front is marked and named. Empty with one objective. */
function frontPlot(study: Study): string {
  const [first, second] = study.objectives;
  const front = frontOf(study);
  if (!front || !first || !second || front.trials.length === 0) return '';
  const members = new Set(front.trials.map(({ number }) => number));
  const placed = study.trials.flatMap((trial) => {
    const [a, b] = trial.objectives ?? [];
    const shown = objectiveOf(trial) !== undefined && Number.isFinite(b);
    return shown ? [{ trial, values: [a as number, b as number] as const }] : [];
  });
  const [low = 0, high = 1] = extent(placed, ({ values }) => values[0]);
  const x = linear(low, high > low ? high : low + (Math.abs(low) || 1), PAD.left, WIDTH - PAD.right);
  const keep = front.trials.map((trial) => trial.objectives?.[1] ?? Number.NaN);
  const y = resultScale(
    placed.map(({ values }) => values[1]),
    keep,
    HEIGHT,
  );
  const marks = placed.map(({ trial, values: [a, b] }) => {
    const title = `trial ${trial.number}: ${formatNumber(a, DIGITS)}, ${formatNumber(b, DIGITS)}${members.has(trial.number) ? ', on the front' : ''}`;
    return dot(x.at(a), clamp(y.at(b), HEIGHT), title, members.has(trial.number));
  });
  const names: [string, string] = [first.metric, second.metric];
  return `<h2>Pareto front</h2>${frame({ width: WIDTH, height: HEIGHT }, x, y, names, marks.join(''))}`;
}

function curves(study: Study, metric: string): string {
  const winner = bestTrial(study)?.number;
  const points = (trial: Trial) => trial.reports.filter(({ value }) => Number.isFinite(value));
  const curved = study.trials.filter((trial) => points(trial).length > 1);
  const others = curved.filter(({ number }) => number !== winner).slice(-MOST_CURVES);
  // The best last, on top of the others.
  const shown = [...others, ...curved.filter(({ number }) => number === winner)];
  if (shown.length === 0) return '';
  const all = shown.flatMap(points);
  const [first = 0, last = 1] = extent(all, ({ step }) => step);
  const x = linear(first, last, PAD.left, WIDTH - PAD.right);
  const y = resultScale(
    all.map(({ value }) => value),
    [],
    HEIGHT,
  );
  const lines = shown.map((trial) =>
    path(
      points(trial).map(({ step, value }) => [x.at(step), clamp(y.at(value), HEIGHT)]),
      trial.number === winner ? 'line' : `curve ${trial.state}`,
    ),
  );
  const chart = frame({ width: WIDTH, height: HEIGHT }, x, y, ['step', metric], lines.join(''));
  return `<h2>Learning curves</h2>${chart}`;
}

function slice(study: Study, name: string, parameter: Parameter, metric: string): string {
  const winner = bestTrial(study);
  const trials = study.trials.filter((trial) => objectiveOf(trial) !== undefined && name in trial.params);
  if (trials.length === 0) return '';
  const values = trials.map((trial) => objectiveOf(trial) as number);
  const { width, height } = SMALL;
  const y = resultScale(values, winner ? [objectiveOf(winner) as number] : [], height);
  const right = width - PAD.right;
  let x: Scale;
  let place: (value: Json) => number;
  if (parameter.type === 'float' || parameter.type === 'int') {
    const { low, high, log } = parameter;
    x = (log ? logarithmic : linear)(low, high, PAD.left + 6, right - 6);
    place = (value) => x.at(value as number);
  } else {
    const labels = choicesOf(parameter).map((choice) => formatValue(choice));
    x = categories(labels, PAD.left, right);
    place = (value) => x.at(labels.indexOf(formatValue(value)));
  }
  const dots = trials.map((trial) =>
    dot(
      place(trial.params[name] as Json),
      clamp(y.at(objectiveOf(trial) as number), height),
      `trial ${trial.number}: ${formatValue(trial.params[name])}, ${formatNumber(objectiveOf(trial) as number, DIGITS)}`,
      trial.number === winner?.number,
    ),
  );
  return frame(SMALL, x, y, [name, metric], dots.join(''));
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--soft:#68707a;--paper:#fff;--rule:#e3e6ea;--dot:#4a7fb5;--best:#c2571a}
@media(prefers-color-scheme:dark){:root{--ink:#e6e8eb;--soft:#9aa3ad;--paper:#16191d;--rule:#2c3137;--dot:#6ea3d8;--best:#f0905a}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:1100px;margin:2em auto;padding:0 1.2em}
h1{font-size:1.6em;margin-bottom:.2em}h2{font-size:1.15em;margin-top:2em}svg{max-width:100%;height:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:.25em .8em .25em 0;text-align:left;border-bottom:1px solid var(--rule);white-space:nowrap}
th{font-weight:600}.wide{overflow-x:auto}tr.won td{color:var(--best);font-weight:600}.facts td:last-child{white-space:normal}pre{overflow-x:auto;padding:1em;border:1px solid var(--rule)}
.grid{stroke:var(--rule)}.axis{stroke:var(--soft)}.tick{fill:var(--soft);font-size:11px}.dot{fill:var(--dot);fill-opacity:.65}.best{fill:var(--best)}
.line{fill:none;stroke:var(--best);stroke-width:2}.curve{fill:none;stroke:var(--dot);stroke-opacity:.35}.pruned,.failed{stroke-dasharray:4 3}
.slices{display:flex;flex-wrap:wrap;gap:12px}`;

const row = (cells: readonly string[], kind: 'td' | 'th', className = ''): string =>
  `<tr${className && ` class="${className}"`}>${cells.map((cell) => `<${kind}>${cell}</${kind}>`).join('')}</tr>`;

export function htmlReport(study: Study): string {
  const { space, baseline, objectives } = study;
  const metric = objectives[0]?.metric ?? 'value';
  const names = Object.keys(space);
  const winner = bestTrial(study);
  const metrics = objectives.map((objective) => objective.metric);
  const several = objectives.length > 1;
  const won = frontOf(study)?.trials ?? (winner ? [winner] : []);
  const members = new Set(won.map(({ number }) => number));
  const parameters = names.map((name) =>
    row(
      [
        escaped(name),
        escaped(rangeInWords(space[name] as Parameter)),
        name in baseline ? escaped(formatValue(baseline[name])) : NOTHING,
        winner && name in winner.params ? escaped(formatValue(winner.params[name])) : NOTHING,
      ],
      'td',
    ),
  );
  const trials = study.trials.map((trial) =>
    row(
      [
        String(trial.number),
        trial.state,
        ...metrics.map((name) => (name in trial.values ? number(trial.values[name] as number) : NOTHING)),
        ...names.map((name) => (name in trial.params ? escaped(formatValue(trial.params[name])) : NOTHING)),
        escaped(reasonOf(study, trial)?.split('\n')[0] ?? ''),
      ],
      'td',
      members.has(trial.number) ? 'won' : '',
    ),
  );
  const slices = names.map((name) => slice(study, name, space[name] as Parameter, metric)).join('');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escaped(study.name)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(study.name)}</h1>
<table class="facts">${facts(study)
    .map(([name, text]) => row([`<b>${escaped(name)}</b>`, escaped(text)], 'td'))
    .join('')}</table>
${frontPlot(study)}
<h2>History</h2>${history(study, metric)}
${curves(study, metric)}
<h2>Parameters</h2><div class="wide"><table>${row(['parameter', 'searched', 'in the file', several ? 'balanced' : 'best'], 'th')}${parameters.join('')}</table></div>
<div class="slices">${slices}</div>
<h2>Trials</h2><div class="wide"><table>${row(['trial', 'state', ...metrics.map(escaped), ...names.map(escaped), 'reason'], 'th')}${trials.join('')}</table></div>
${study.config.text === '' ? '' : `<h2>Config</h2><pre>${escaped(study.config.text)}</pre>`}
</body></html>
`;
}
