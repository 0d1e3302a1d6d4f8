/** Calls that come in bursts, made rare: used for views that redraw and files that are read while they grow. */
import type { Disposable } from 'vscode';

/** A function that runs `action` at once, then at most every `ms`, the last request never lost. */
export class Throttle implements Disposable {
  #timer: NodeJS.Timeout | undefined;
  #again = false;

  constructor(
    private readonly ms: number,
    private readonly action: () => void,
  ) {}

  request(): void {
    if (this.#timer) {
      this.#again = true;
      return;
    }
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.request();
    }, this.ms);
    this.action();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#again = false;
  }
}

/** A function that runs `action` once nothing was asked for `ms`. */
export class Debounce implements Disposable {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly ms: number,
    private readonly action: () => void,
  ) {}

  request(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.action, this.ms);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }
}
