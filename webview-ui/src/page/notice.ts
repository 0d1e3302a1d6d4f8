/** The line that says the one thing a person should know now, and the words of pages that have no study to show. */
import { css, html, nothing, type TemplateResult } from 'lit';
import type { PageState } from '../../../src/protocol/panel.js';
import type { App } from '../app.js';
import { infoIcon, warningIcon } from '../icons.js';
import type { Notice } from './standing.js';

export const noticeStyles = css`
  .notice {
    display: flex;
    align-items: flex-start;
    gap: 8px;
    padding: 6px 20px;
    border-bottom: 1px solid var(--sweet-border);
  }
  .notice p {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .notice svg {
    margin-top: 1px;
    color: var(--vscode-charts-blue);
  }
  .notice.warning svg {
    color: var(--vscode-editorWarning-foreground, var(--vscode-charts-yellow));
  }
  .notice .link {
    margin-right: 12px;
  }
  .welcome {
    max-width: 46em;
    padding: 20px;
  }
  .welcome p + p {
    margin-top: 8px;
  }
  .welcome code {
    font-family: var(--vscode-editor-font-family, monospace);
    font-size: 0.95em;
    color: var(--vscode-textPreformat-foreground);
    white-space: nowrap;
  }
`;

export function renderNotice(app: App, { kind, text, log, actions = [] }: Notice): TemplateResult {
  const link =
    log === undefined
      ? ''
      : html` <button class="link" @click=${() => app.trialAction(log, 'log')}>Open the log</button>`;
  return html`<div class="notice ${kind}">
    ${kind === 'warning' ? warningIcon : infoIcon}
    <p>
      ${text}${link}
      ${actions.map(
        ({ action, label }) =>
          html`<button class="link" @click=${() => app.studyAction(action)}>${label}</button> `,
      )}
    </p>
  </div>`;
}

/** That the extension does not answer, where it does not. */
export function renderLost(app: App): TemplateResult | typeof nothing {
  const reason = app.feed.failure.value;
  return reason === undefined ? nothing : renderFailure(app, reason);
}

/** What the page shows until there is something of a study to show. */
export function renderWithoutStudy(app: App): TemplateResult {
  const page = app.feed.page.value;
  const lost = renderLost(app);
  if (!page) return html`<main>${lost}</main>`;
  const instead = page.study
    ? html`<div class="welcome muted">Reading ${page.study.name} …</div>`
    : renderWelcome(page);
  return html`<main><h1 class="quiet">Sweetspot</h1>${lost}${instead}</main>`;
}

/** In place of everything while there is no study. */
function renderWelcome(page: PageState): TemplateResult {
  return html`<div class="welcome">
    <p>There is no study yet.</p>
    <p class="muted">
      Mark values in a config with <code># @tune</code> and put <code># @sweep</code> at its top, then right-click the
      file and choose <em>Start Sweep</em>. Trials appear here as they run.
    </p>
    ${page.trusted ? '' : html`<p class="muted">Running needs a trusted workspace, and this one is not trusted yet.</p>`}
  </div>`;
}

const renderFailure = (app: App, reason: string): TemplateResult => html`<div class="notice warning">
  ${warningIcon}
  <p>
    The page has lost touch with the extension (${reason}).
    <button class="link" @click=${() => app.feed.refresh()}>Try again</button>
  </p>
</div>`;
