/** Which other studies are compared with, and the list from which they are picked. */
import { html, type TemplateResult } from 'lit';
import type { PeerStudy } from '../../../src/protocol/panel.js';
import type { App } from '../app.js';
import { MOST_STUDIES } from './layouts/studies.js';

/** So many are compared before anything is chosen. */
const FIRST = 3;

/** In the order in which they are listed: those chosen, else the latest of the same config, else the first listed. */
export function comparedPeers(app: App): readonly PeerStudy[] {
  const all = app.peers.all.value;
  const chosen = app.ui.charts.value.others;
  if (chosen) return all.filter(({ ref }) => chosen.includes(ref.id)).slice(0, MOST_STUDIES - 1);
  const config = app.feed.view.value?.ref.configFile;
  const own = all.filter(({ ref }) => ref.configFile === config);
  return (own.length > 0 ? own : all).slice(0, FIRST);
}

/** A drop-down that puts a study into the comparison, or takes it out. */
export function renderPeerPicks(app: App): TemplateResult {
  const all = app.peers.all.value;
  const shown = new Set(comparedPeers(app).map(({ ref }) => ref.id));
  const config = app.feed.view.value?.ref.configFile;
  const full = shown.size >= MOST_STUDIES - 1;
  const change = (event: Event): void => {
    const list = event.target as HTMLSelectElement;
    const id = list.value;
    list.value = '';
    if (id === '') return;
    const others = shown.has(id) ? [...shown].filter((other) => other !== id) : [...shown, id];
    app.ui.chart({ others });
  };
  return html`<vscode-dropdown
    class="studies"
    aria-label="Studies to compare with"
    title=${full ? `At most ${MOST_STUDIES} studies at once: take one out to put another in` : 'Put a study in, or take it out'}
    .value=${''}
    @change=${change}
  >
    <vscode-option value="">${shown.size} of ${all.length} compared</vscode-option>
    ${all.map(
      ({ ref }) => html`<vscode-option value=${ref.id} ?disabled=${full && !shown.has(ref.id)}
        >${shown.has(ref.id) ? '✓ ' : ''}${ref.name}${ref.configFile === config ? '' : ` (${ref.configName})`}</vscode-option
      >`,
    )}
  </vscode-dropdown>`;
}
