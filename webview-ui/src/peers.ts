/** The studies that the one shown can be compared with: asked for when the page opens on it, and again while they are looked at. */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals-core';
import type { PeerStudy } from '../../src/protocol/panel.js';
import type { Host } from './host.js';

/** Milliseconds between questions while the comparison is in sight: the others may run, too. */
const EVERY = 5_000;

export class Peers {
  readonly #all: Signal<readonly PeerStudy[]> = signal([]);
  #known = '';

  constructor(
    private readonly host: Host,
    private readonly study: () => string | undefined,
  ) {
    host.on('peersChanged', ({ study: id }) => {
      if (id === this.study()) void this.#ask();
    });
  }

  /** The same array as long as nothing about them has changed. */
  get all(): ReadonlySignal<readonly PeerStudy[]> {
    return this.#all;
  }

  /** Asks at once and, while they are in sight, over and over. To be called in an effect, whose clean-up it gives. */
  watch(inSight: boolean): (() => void) | undefined {
    if (this.study() === undefined) {
      this.#take([]);
      return undefined;
    }
    void this.#ask();
    if (!inSight) return undefined;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void this.#ask();
    }, EVERY);
    return () => clearInterval(timer);
  }

  async #ask(): Promise<void> {
    const study = this.study();
    if (study === undefined) return;
    const peers = await this.host.call('peers', { study }).catch(() => undefined);
    if (peers && study === this.study()) this.#take(peers);
  }

  #take(peers: readonly PeerStudy[]): void {
    const text = JSON.stringify(peers);
    if (text === this.#known) return;
    this.#known = text;
    this.#all.value = peers;
  }
}
