/**
 * How the learning rate moves during a training, from the config and the time alone; only `onPlateau` looks at results.
 * Time is counted in epochs, with fractions for the batches of one.
 */

export const SCHEDULE_NAMES = [
  'constant',
  'step',
  'exponential',
  'linear',
  'cosine',
  'oneCycle',
  'onPlateau',
] as const;

export interface ScheduleOptions {
  readonly name: (typeof SCHEDULE_NAMES)[number];
  /** Epochs over which the rate rises from 0 to its full height, before anything else (Goyal et al. 2017). */
  readonly warmup: number;
  /** step: epochs between two falls. */
  readonly every: number;
  /** step, onPlateau: the rate is multiplied by this at each fall. exponential: per epoch. */
  readonly factor: number;
  /** The rate never falls below this share of the full one. */
  readonly minimum: number;
  /** cosine: epochs of the first period, after which the rate starts anew; absent: one period, the whole training. */
  readonly period?: number | undefined;
  /** cosine: each period is this many times as long as the one before (T_mult). */
  readonly growth: number;
  /** oneCycle: share of the training until the highest rate. */
  readonly peak: number;
  /** oneCycle: it starts from this share of the full rate. */
  readonly start: number;
}

/** Place within the current period of cosine with restarts, 0 up to 1. */
function placeInPeriod(time: number, first: number, growth: number): number {
  let from = 0;
  let length = first;
  while (time >= from + length) {
    from += length;
    length *= growth;
  }
  return (time - from) / length;
}

/** From 1 down to 0 along half a cosine while x goes from 0 to 1. */
const cosineFall = (x: number): number => (1 + Math.cos(Math.PI * x)) / 2;

/** Share of the full rate `time` epochs after the warm-up, of `total` that follow it. */
function shareAt(schedule: ScheduleOptions, time: number, total: number): number {
  const { name, factor, minimum, growth, peak, start } = schedule;
  const left = Math.min(1, time / total);
  switch (name) {
    case 'constant':
    case 'onPlateau':
      return 1;
    // He et al., "Deep residual learning for image recognition", CVPR 2016.
    case 'step':
      return Math.max(minimum, factor ** Math.floor(time / schedule.every + 1e-9));
    case 'exponential':
      return Math.max(minimum, factor ** time);
    case 'linear':
      return minimum + (1 - minimum) * (1 - left);
    // Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", ICLR 2017, equation 5.
    case 'cosine': {
      const place = placeInPeriod(Math.min(time, total), schedule.period ?? total, growth);
      const end = schedule.period === undefined && time >= total;
      return minimum + (1 - minimum) * cosineFall(end ? 1 : place);
    }
    // Smith and Topin, "Super-convergence", 2018; both halves along a cosine, as fast.ai and PyTorch draw it.
    case 'oneCycle':
      return left < peak
        ? 1 - (1 - start) * cosineFall(left / peak)
        : minimum + (1 - minimum) * cosineFall((left - peak) / (1 - peak));
  }
}

/**
 * Share of the configured learning rate for one step.
 * @param time epochs since the start, with a fraction: the step that begins there
 * @param step length of one step in epochs; warm-up counts the step itself, so that the first is not lost at rate 0
 * @param epochs of the whole training
 */
export function scheduleShare(schedule: ScheduleOptions, time: number, step: number, epochs: number): number {
  const { warmup } = schedule;
  if (time < warmup) return Math.min(1, (time + step) / warmup);
  return shareAt(schedule, time - warmup, Math.max(step, epochs - warmup));
}
