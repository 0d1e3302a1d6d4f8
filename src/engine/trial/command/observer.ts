/**
 * Turns what is observed of a program into reports: steps from 1, each once and above the last. Words of its own
 * (`::sweetspot`) go before all that is merely observed.
 */
import type { Metrics, Session } from '../session.js';
import type { Line } from './lines.js';

export class Observer {
  #values: Metrics = {};
  #knowsUs = false;
  /** 1 where the program counts from 0. */
  #shift: number | undefined;

  constructor(
    private readonly session: Session,
    /** Called once when the trial is to stop. */
    private readonly onStop: () => void,
  ) {}

  /** What the program gave as its result; empty where its reports count. */
  get values(): Metrics {
    return this.#values;
  }

  /** A result that is neither printed nor counted in steps. */
  result(metrics: Metrics): void {
    this.#values = { ...this.#values, ...metrics };
  }

  /** @throws Error for a step that is wrong, where the program knows us */
  async see(line: Line): Promise<void> {
    const { session } = this;
    switch (line.kind) {
      case 'values':
        this.#knowsUs = true;
        this.result(line.metrics);
        return;
      case 'report':
        this.#knowsUs = true;
        if (!session.shouldStop) await this.#report(line.step, line.metrics);
        return;
      case 'observed': {
        if (this.#knowsUs || session.shouldStop) return;
        if (line.step !== undefined) this.#shift ??= line.step < 1 ? 1 - line.step : 0;
        const step = line.step === undefined ? session.lastStep + 1 : line.step + (this.#shift ?? 0);
        // Said before, or again at the end, as a summary.
        if (step <= session.lastStep) return;
        await this.#report(step, line.metrics);
        return;
      }
      default:
        line satisfies never;
    }
  }

  async #report(step: number, metrics: Metrics): Promise<void> {
    if (await this.session.report(step, metrics)) this.onStop();
  }
}
