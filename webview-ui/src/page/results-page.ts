/** The results panel: header, notice, the two charts, and the wide table, which takes what room is left. */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { App } from '../app.js';
import { base } from '../styles.js';
import { noticeStyles, renderFailure, renderNotice, renderWelcome } from './notice.js';
import { noticeOf } from './standing.js';

@customElement('sweet-results')
export class ResultsPage extends SignalWatcher(LitElement) {
  static override styles = [
    base,
    noticeStyles,
    css`
      :host {
        --sweet-border: var(--vscode-panel-border, var(--vscode-contrastBorder, transparent));
        display: flex;
        flex-direction: column;
        height: 100vh;
        overflow: auto;
        background: var(--vscode-editor-background);
      }
      main {
        display: contents;
      }
      .charts {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        flex: 0 0 clamp(220px, 40vh, 380px);
        border-bottom: 1px solid var(--sweet-border);
      }
      .charts > * {
        padding: 6px 20px 10px;
        min-height: 0;
      }
      .charts > * + * {
        border-left: 1px solid var(--sweet-border);
      }
      sweet-table-bar {
        padding: 2px 20px;
      }
      sweet-wide-table {
        flex: 1 0 220px;
        margin-left: 10px;
      }
      @media (max-width: 719px) {
        .charts {
          grid-template-columns: minmax(0, 1fr);
          grid-auto-rows: 250px;
          flex-basis: auto;
        }
        .charts > * + * {
          border-left: none;
          border-top: 1px solid var(--sweet-border);
        }
        sweet-wide-table {
          flex-basis: 300px;
        }
      }
    `,
  ];

  @property({ attribute: false }) app!: App;

  protected override render(): TemplateResult | typeof nothing {
    const { feed } = this.app;
    const page = feed.page.value;
    const view = feed.view.value;
    const failure = feed.failure.value;
    const lost = failure === undefined ? nothing : renderFailure(this.app, failure);
    if (!page) return html`<main>${lost}</main>`;
    if (!page.study) return html`<main><h1 class="quiet">Sweetspot</h1>${lost}${renderWelcome(page)}</main>`;
    if (!view)
      return html`<main><h1 class="quiet">Sweetspot</h1>${lost}<div class="welcome muted">Reading ${page.study.name} …</div></main>`;
    const notice = noticeOf(page, view);
    return html`<main>
      <sweet-header .app=${this.app}></sweet-header>
      ${lost} ${notice ? renderNotice(this.app, notice) : nothing}
      <div class="charts">
        <sweet-history .app=${this.app}></sweet-history>
        <sweet-curves .app=${this.app}></sweet-curves>
      </div>
      <sweet-table-bar .app=${this.app}></sweet-table-bar>
      <sweet-wide-table .app=${this.app}></sweet-wide-table>
      <sweet-announcer .app=${this.app}></sweet-announcer>
    </main>`;
  }
}
