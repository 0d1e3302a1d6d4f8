/** The results panel: header, notice, charts, and the wide table, which takes what room is left, beside a trial's details. */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { App } from '../app.js';
import type { StudyView } from '../feed.js';
import { base } from '../styles.js';
import { noticeStyles, renderLost, renderNotice, renderWithoutStudy } from './notice.js';
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
      sweet-chart-area {
        flex: none;
      }
      sweet-table-bar {
        flex: none;
        padding: 2px 20px;
      }
      .below {
        display: flex;
        flex: 1 0 220px;
        min-height: 0;
      }
      sweet-wide-table {
        flex: 1;
        min-width: 0;
        margin-left: 10px;
      }
      sweet-trial {
        flex: 0 0 clamp(280px, 34%, 420px);
        border-left: 1px solid var(--sweet-border);
      }
      @media (max-width: 719px) {
        .below {
          flex: 1 0 300px;
        }
        .below:has(sweet-trial) {
          flex-direction: column;
          flex-basis: auto;
        }
        .below:has(sweet-trial) sweet-wide-table {
          flex: 0 0 260px;
        }
        sweet-trial {
          flex: none;
          border-left: none;
          border-top: 1px solid var(--sweet-border);
        }
      }
    `,
  ];

  @property({ attribute: false }) app!: App;

  #detailed(view: StudyView): boolean {
    const { details, selected } = this.app.ui;
    const chosen = selected.value.at(-1);
    return details.value && chosen !== undefined && chosen < view.trials.length;
  }

  protected override render(): TemplateResult | typeof nothing {
    const page = this.app.feed.page.value;
    const view = this.app.feed.view.value;
    if (!page?.study || !view) return renderWithoutStudy(this.app);
    const lost = renderLost(this.app);
    const notice = noticeOf(page, view);
    return html`<main>
      <sweet-header .app=${this.app}></sweet-header>
      ${lost} ${notice ? renderNotice(this.app, notice) : nothing}
      <sweet-chart-area .app=${this.app}></sweet-chart-area>
      <sweet-table-bar .app=${this.app}></sweet-table-bar>
      <div class="below">
        <sweet-wide-table .app=${this.app}></sweet-wide-table>
        ${this.#detailed(view) ? html`<sweet-trial .app=${this.app}></sweet-trial>` : nothing}
      </div>
      <sweet-announcer .app=${this.app}></sweet-announcer>
    </main>`;
  }
}
