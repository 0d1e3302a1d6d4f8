/** The two switches of an axis of results: every value however wild, and a logarithm. Shorter where there is little room. */
import { html, nothing, type TemplateResult } from 'lit';

type Change = (checked: boolean) => void;

const changed =
  (change: Change) =>
  (event: Event): void =>
    change((event.target as HTMLInputElement).checked);

/** Nothing where no value is left out and none was asked for. `hidden`: how many lie beyond the axis. */
export function renderOutliers(
  hidden: number,
  checked: boolean,
  change: Change,
): TemplateResult | typeof nothing {
  if (hidden === 0 && !checked) return nothing;
  return html`<vscode-checkbox
    title="The axis ends where wild values would flatten the rest; they stand at its edge as triangles. Check to see all in their place."
    ?checked=${checked}
    @change=${changed(change)}
    >Outliers${hidden > 0 ? html` (${hidden}<span class="wide"> hidden</span>)` : nothing}</vscode-checkbox
  >`;
}

export function renderLog(
  checked: boolean,
  change: Change,
  { disabled = false, hidden = false } = {},
): TemplateResult {
  return html`<vscode-checkbox
    ?hidden=${hidden}
    ?checked=${checked}
    ?disabled=${disabled}
    @change=${changed(change)}
    >Log<span class="wide"> scale</span></vscode-checkbox
  >`;
}
