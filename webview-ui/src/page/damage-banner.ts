/** One line where a journal cannot be read whole: what is shown, and what cannot be done until it is repaired. */
import { html, nothing, type TemplateResult } from 'lit';
import type { StudyRef } from '../../../src/protocol/panel.js';

export function damageBanner({ damaged }: StudyRef): TemplateResult | typeof nothing {
  if (damaged === undefined) return nothing;
  const what = damaged === 1 ? 'One line' : `${damaged} lines`;
  return html`<p class="banner" role="status">
    ${what} of the journal cannot be read. The study is shown without, and goes on once it is repaired.
  </p>`;
}
