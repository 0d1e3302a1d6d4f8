/** What every element of the page is given: the study, the person's choices, and the ways to act. */
import { effect, type ReadonlySignal, signal } from '@preact/signals-core';
import type { StudyAction, TrialAction } from '../../src/protocol/panel.js';
import { StudyFeed } from './feed.js';
import type { Host } from './host.js';
import { UiState } from './ui-state.js';

export class App {
  readonly feed: StudyFeed;
  readonly ui: UiState;
  readonly #host: Host;
  readonly #now = signal(Date.now());

  constructor(host: Host) {
    this.#host = host;
    this.ui = new UiState(host);
    this.feed = new StudyFeed(host);
    effect(() => {
      const page = this.feed.page.value;
      if (page) this.ui.show(page.study);
    });
    effect(() => {
      this.#now.value = Date.now();
      const running = this.feed.view.value?.study.status.kind === 'running';
      if (!running) return;
      const timer = setInterval(() => {
        if (document.visibilityState === 'visible') this.#now.value = Date.now();
      }, 1000);
      return () => clearInterval(timer);
    });
  }

  /** Milliseconds since the epoch, once a second while the study runs. */
  get now(): ReadonlySignal<number> {
    return this.#now;
  }

  /** The extension shows what goes wrong; a page that cannot reach it says so in its own notice. */
  trialAction(trial: number, action: TrialAction): void {
    const study = this.feed.page.value?.study?.id;
    if (study !== undefined) {
      void this.#host.call('trial', { study, trial, action }).catch(() => this.feed.refresh());
    }
  }

  studyAction(action: StudyAction): void {
    const study = this.feed.page.value?.study?.id;
    if (study !== undefined) {
      void this.#host.call('study', { study, action }).catch(() => this.feed.refresh());
    }
  }
}
