/** What a layout is given on the page, made of a sample study; and the flat list of what a scene draws. */
import { bestTrial } from '../../../src/core/study/best.js';
import { parseLine } from '../../../src/core/study/journal/line.js';
import { StudyReducer } from '../../../src/core/study/journal/reduce.js';
import { columnsOf } from '../../../src/core/study/table/table.js';
import type { Study } from '../../../src/core/study/trial.js';
import type { Scene, Shape } from '../../../webview-ui/src/charts/kit/scene.js';
import type { ChartInput } from '../../../webview-ui/src/charts/layouts/input.js';
import { type SampleChoices, sampleJournal } from './sample-study.js';
import { sampleTheme } from './sample-theme.js';

export function sampleStudy(choices: SampleChoices): Study {
  const reducer = new StudyReducer();
  for (const line of sampleJournal(choices)) {
    const parsed = parseLine(line.trimEnd());
    if (parsed.kind === 'record') reducer.apply(parsed.record);
  }
  return reducer.study;
}

export function inputOf(choices: SampleChoices, more: Partial<ChartInput> = {}): ChartInput {
  const study = sampleStudy(choices);
  const columns = columnsOf(study);
  return {
    study,
    columns,
    trials: study.trials,
    all: study.trials,
    best: bestTrial(study),
    selected: [],
    brushes: [],
    quick: false,
    metric: columns.find(({ kind }) => kind === 'objective')!,
    log: false,
    full: false,
    order: [],
    hiddenAxes: [],
    turned: [],
    pair: [undefined, undefined],
    plane: [undefined, undefined],
    width: 900,
    height: 300,
    now: Date.now(),
    theme: sampleTheme,
    ...more,
  };
}

type Drawn = Exclude<Shape, { kind: 'clipped' }>;

/** Every shape, those within a plot's edges too. */
export const drawnBy = ({ shapes }: Pick<Scene, 'shapes'>): readonly Drawn[] =>
  shapes.flatMap((shape) => (shape.kind === 'clipped' ? drawnBy(shape) : [shape]));
