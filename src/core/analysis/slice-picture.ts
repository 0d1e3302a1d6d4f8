/** A small picture of metric against one parameter, as the text of an SVG: for hovers, where no page can draw. */
import { objectiveOf } from '../study/best.js';
import type { Study, Trial } from '../study/trial.js';
import { numberAxis, parameterAxis, unitOf } from './axis.js';

export interface PictureColours {
  readonly foreground: string;
  readonly dots: string;
  readonly best: string;
}

const [WIDTH, HEIGHT] = [280, 96];
const BOX = { left: 8, top: 8, width: WIDTH - 16, height: HEIGHT - 16 };
/** More dots are only a blot, and a long text. */
const MOST = 250;

/** undefined where fewer than three trials have both. Says in words what it shows, for those who do not see it. */
export function slicePicture(
  study: Pick<Study, 'space' | 'trials' | 'objectives'>,
  name: string,
  best: Trial | undefined,
  colours: PictureColours,
): { readonly svg: string; readonly words: string } | undefined {
  const known = study.trials.flatMap((trial) => {
    const value = objectiveOf(trial);
    return value === undefined || !Object.hasOwn(trial.params, name) ? [] : [{ trial, value }];
  });
  if (known.length < 3) return undefined;
  const x = parameterAxis(
    study.space[name],
    known.map(({ trial }) => trial.params[name] ?? null),
  );
  const bestValue = best && objectiveOf(best);
  const y = numberAxis(
    known.map(({ value }) => value),
    bestValue === undefined ? {} : { keep: [bestValue] },
  );
  const step = Math.ceil(known.length / MOST);
  const round = (n: number): string => n.toFixed(1);
  const dots = known
    .filter(({ trial }, i) => i % step === 0 || trial.number === best?.number)
    .flatMap(({ trial, value }) => {
      const [u, v] = [unitOf(x, trial.params[name]), unitOf(y, value)];
      if (u === undefined || v === undefined) return [];
      const spread =
        x.kind === 'category' ? (((trial.number * 0.618034) % 1) - 0.5) * (0.5 / x.choices.length) : 0;
      const at = [
        BOX.left + Math.max(0, Math.min(1, u + spread)) * BOX.width,
        BOX.top + (1 - Math.max(0, Math.min(1, v))) * BOX.height,
      ] as const;
      const isBest = trial.number === best?.number;
      return `<circle cx="${round(at[0])}" cy="${round(at[1])}" r="${isBest ? 4.5 : 2.5}" fill="${isBest ? colours.best : colours.dots}"${isBest ? ` stroke="${colours.foreground}"` : ' fill-opacity="0.6"'}/>`;
    });
  const bottom = HEIGHT - 2;
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
    `<path d="M2 2V${bottom}H${WIDTH - 2}" fill="none" stroke="${colours.foreground}" stroke-opacity="0.4"/>`,
    ...dots,
    '</svg>',
  ].join('');
  const metric = study.objectives[0]?.metric ?? 'the metric';
  return { svg, words: `${metric} against ${name}, ${known.length} completed trials` };
}
