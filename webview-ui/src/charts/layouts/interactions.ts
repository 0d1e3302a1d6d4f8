/** What parameters and pairs of them account for, by functional ANOVA, as bars; a pair opens as a contour. */
import { LEAST_FOR_MODEL } from '../../../../src/core/analysis/response.js';
import { fitted, textWidth } from '../kit/axes.js';
import { emptyScene, type Scene, type Shape, type Target } from '../kit/scene.js';
import { type ChartInput, counts } from './input.js';
import { anovaOf, modelNote, modelOf } from './model.js';

const ROW = 24;
const MOST_PAIRS = 10;
/** Pairs below this are noise of the model. */
const LEAST_PAIR = 0.01;
const percent = (share: number): string => (share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`);

interface Bar {
  readonly label: string;
  readonly share: number;
  readonly suffix: string;
  readonly colour: string;
  readonly tip: readonly string[];
  readonly pair?: readonly [string, string];
}

export function layoutAnova(input: ChartInput): Scene {
  const { width, theme, metric } = input;
  const anova = anovaOf(input);
  const model = modelOf(input, false);
  if (!anova || !model) {
    const done = input.trials.filter(counts).length;
    const why =
      done < LEAST_FOR_MODEL
        ? `fANOVA needs ${LEAST_FOR_MODEL} completed trials; there are ${done}.`
        : 'No parameter makes a difference so far.';
    return emptyScene(width, input.height, why);
  }
  const columns = new Map(input.columns.flatMap((one) => (one.kind === 'param' ? [[one.name, one]] : [])));
  const label = (name: string): string => columns.get(name)?.label ?? name;
  const alone = anova.shares.map(
    ({ name, share, conditional }): Bar => ({
      label: label(name),
      share,
      suffix: conditional ? ' *' : '',
      colour: theme.blue,
      tip: [
        name,
        `${percent(share)} of the variation of ${metric.label}, by itself`,
        ...(conditional ? ['counted over the whole space, also where it is inactive'] : []),
      ],
    }),
  );
  const pairs = anova.interactions
    .filter(({ share }) => share >= LEAST_PAIR)
    .slice(0, MOST_PAIRS)
    .map(({ names: [a, b], share, strength }): Bar => {
      const ids = [columns.get(a)?.id, columns.get(b)?.id] as const;
      return {
        label: `${label(a)} × ${label(b)}`,
        share,
        suffix: ` · H ${strength.toFixed(2)}`,
        colour: theme.orange,
        tip: [
          `${a} × ${b}`,
          `${percent(share)} of the variation of ${metric.label}, only together`,
          `Friedman's H ${strength.toFixed(2)}: 0 is a plain sum of both, 1 nothing but interaction`,
        ],
        ...(ids[0] && ids[1] ? { pair: [ids[0], ids[1]] } : {}),
      };
    });
  const left = Math.min(
    width * 0.45,
    [...alone, ...pairs].reduce((most, bar) => Math.max(most, textWidth(bar.label)), 0) + 16,
  );
  const room = Math.max(30, width - left - 96);
  const most = Math.max(0.05, ...[...alone, ...pairs].map(({ share }) => share));
  const shapes: Shape[] = [];
  const targets: Target[] = [];
  let top = 0;
  const heading = (text: string): void => {
    shapes.push({
      kind: 'text',
      x: 0,
      y: top + 9,
      text: fitted(text, width),
      colour: theme.muted,
      align: 'left',
    });
    top += 24;
  };
  const row = (bar: Bar): void => {
    const y = top + ROW / 2;
    const length = Math.max(2, (Math.max(0, bar.share) / most) * room);
    shapes.push(
      {
        kind: 'text',
        x: left - 8,
        y,
        text: fitted(bar.label, left - 10),
        colour: theme.foreground,
        align: 'right',
      },
      {
        kind: 'rects',
        at: [left, top + 5, length, ROW - 10],
        fill: bar.colour,
        alpha: theme.highContrast ? 1 : 0.8,
      },
      {
        kind: 'text',
        x: left + length + 6,
        y,
        text: `${percent(bar.share)}${bar.suffix}`,
        colour: theme.muted,
        align: 'left',
      },
    );
    targets.push({
      x: width / 2,
      y,
      reach: [width / 2, ROW / 2],
      ...(bar.pair ? { pair: bar.pair } : {}),
      tip: () => (bar.pair ? [...bar.tip, 'Enter or a click opens the contour'] : bar.tip),
    });
    top += ROW;
  };
  heading(`share of the variation of ${metric.label}, each by itself`);
  alone.forEach(row);
  top += 10;
  heading(pairs.length > 0 ? 'interactions: what two do only together' : 'no interaction above 1 %');
  pairs.forEach(row);
  const conditional = anova.shares.some((one) => one.conditional);
  return {
    width,
    height: Math.max(input.height, top + 6),
    shapes,
    targets,
    description: `Functional ANOVA of ${metric.name}: ${[...alone, ...pairs]
      .toSorted((a, b) => b.share - a.share)
      .slice(0, 4)
      .map((bar) => `${bar.label} ${percent(bar.share)}`)
      .join(', ')}.`,
    note: [`fANOVA, whole space: ${modelNote(model)}`, ...(conditional ? ['* conditional'] : [])].join(' · '),
    outside: 0,
    logPossible: false,
    states: [],
    table: () => ({
      header: ['parameter', 'with', 'share', 'H'],
      rows: [
        ...anova.shares.map(({ name, share }) => [name, '', share, '']),
        ...anova.interactions.map(({ names, share, strength }) => [...names, share, strength]),
      ],
    }),
  };
}
