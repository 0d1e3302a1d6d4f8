/** One line where a study goes on in another environment than before: what differs, and what is likely to matter. */
import { html, nothing, type TemplateResult } from 'lit';
import { environmentChange } from '../../../src/core/analysis/environment-turn.js';
import type { RecordedEnvironment, Study } from '../../../src/core/study/trial.js';

/** Environments hold hundreds of packages, and a page draws every second: the words are made once for the present one. */
let told: { readonly present: RecordedEnvironment; readonly text: string } | undefined;

export function environmentBanner(study: Study): TemplateResult | typeof nothing {
  const { environments, environment } = study;
  const present = environments.find(({ id }) => id === environment) ?? environments.at(-1);
  if (!present || environments.length < 2) return nothing;
  if (told?.present !== present) told = { present, text: environmentChange(study) ?? '' };
  const { text } = told;
  return text === '' ? nothing : html`<p class="banner" role="status">${text}</p>`;
}
