/** Says to screen readers what sighted people see change: a new best, the end. Calmly: at most one sentence in 5 s. */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatNumber } from '../../../src/core/format.js';
import type { App } from '../app.js';
import { base } from '../styles.js';
import { frontOfView } from './front.js';
import { progressOf, resultOf, statusOf } from './standing.js';

const PAUSE = 5000;

@customElement('sweet-announcer')
export class Announcer extends SignalWatcher(LitElement) {
  static override styles = [base];

  @property({ attribute: false }) app!: App;
  #said = '';
  #saidAt = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  protected override render(): TemplateResult {
    const sentence = this.#sentence();
    const wait = this.#saidAt + PAUSE - performance.now();
    if (sentence !== this.#said && wait > 0) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.requestUpdate(), wait);
    } else if (sentence !== this.#said) {
      this.#said = sentence;
      this.#saidAt = performance.now();
    }
    return html`<div class="quiet" role="status" aria-live="polite">${this.#said}</div>`;
  }

  /** Changes only with what is worth saying: not with every trial, not with the clock. */
  #sentence(): string {
    const page = this.app.feed.page.value;
    const view = this.app.feed.view.value;
    if (!page || !view) return '';
    const { kind, word, reason } = statusOf(page, view);
    const result = resultOf(view);
    const front = frontOfView(view);
    const best = front
      ? `${front.trials.length} trials on the Pareto front.`
      : result
        ? `Best ${result.metric} ${formatNumber(result.value)} in trial ${result.trial}.`
        : '';
    const running = kind === 'running' || kind === 'stopping';
    const done = running ? '' : ` after ${progressOf(view).done} trials`;
    return `${word}${reason ? `, ${reason}` : ''}${done}. ${best}`;
  }
}
