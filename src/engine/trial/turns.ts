/**
 * Who may train at the same time in one process. Compiled trainings share nothing and take turns by themselves; every
 * other one has TensorFlow's tape, scopes and Math.random to itself from its beginning to its end. First come, first served.
 */
const ignore = (): void => undefined;

export class Turns {
  /** The last of those that need the process to themselves. */
  #last: Promise<void> = Promise.resolve();
  readonly #sharing = new Set<Promise<void>>();

  /** Runs `work` beside others that share, once those that came before and do not are through. */
  shared<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work);
    const over = result.then(ignore, ignore);
    this.#sharing.add(over);
    void over.then(() => this.#sharing.delete(over));
    return result;
  }

  /** Runs `work` once everybody who came before is through; who comes later waits. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const result = Promise.all([this.#last, ...this.#sharing]).then(work);
    this.#last = result.then(ignore, ignore);
    return result;
  }
}
