/** What trials say of themselves that a person should hear once per study, not once per trial. */
import type { JsonObject } from '../../core/json.js';

export class TrialNotices {
  readonly #said = new Set<string>();

  /** @param fused whether the sweep asks for several trials at a time in each worker */
  constructor(private readonly fused: boolean) {}

  /** What is new in the attributes of a trial that started. */
  of({ fallbackReason, notCompiled, dataNotices }: JsonObject): readonly string[] {
    const notices = [
      ...(Array.isArray(dataNotices) ? dataNotices.map(String) : []),
      ...(typeof fallbackReason === 'string'
        ? [`Training runs on the embedded TensorFlow backend: ${fallbackReason}`]
        : []),
      ...(this.fused && typeof notCompiled === 'string'
        ? [
            `fuse: some trials cannot share the time of a worker (${notCompiled}); they take it one after another.`,
          ]
        : []),
    ].filter((notice) => !this.#said.has(notice));
    for (const notice of notices) this.#said.add(notice);
    return notices;
  }
}
