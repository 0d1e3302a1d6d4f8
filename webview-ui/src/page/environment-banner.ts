/** One line where a study goes on in another environment than before: what differs, and what is likely to matter. */
import { html, nothing, type TemplateResult } from 'lit';
import { environmentChange } from '../../../src/core/analysis/environment-diff.js';
import type { RecordedEnvironment, Study } from '../../../src/core/study/trial.js';

/** Environments hold hundreds of packages, and a page draws every second: the words are kept by the latest one. */
const words = new WeakMap<RecordedEnvironment, string>();

export function environmentBanner({ environments }: Study): TemplateResult | typeof nothing {
  const latest = environments.at(-1);
  if (!latest || environments.length < 2) return nothing;
  let text = words.get(latest);
  if (text === undefined) {
    text = environmentChange({ environments }) ?? '';
    words.set(latest, text);
  }
  return text === '' ? nothing : html`<p class="banner" role="status">${text}</p>`;
}
