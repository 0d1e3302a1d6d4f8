/** The sidebar's page: one line about the study, which the view's title names, then its trials. */
import { SignalWatcher } from '@lit-labs/preact-signals';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatNumber, formatPercent } from '../../../src/core/format.js';
import type { PageState } from '../../../src/protocol/panel.js';
import type { App } from '../app.js';
import type { StudyView } from '../feed.js';
import { openIcon, starIcon, stateIcon } from '../icons.js';
import { base } from '../styles.js';
import { frontOfView } from './front.js';
import { noticeStyles, renderLost, renderNotice, renderWithoutStudy } from './notice.js';
import { improvementText, noticeOf, progressOf, resultOf, statusOf } from './standing.js';

@customElement('sweet-sidebar')
export class SidebarPage extends SignalWatcher(LitElement) {
  static override styles = [
    base,
    noticeStyles,
    css`
      :host {
        --sweet-border: var(
          --vscode-sideBarSectionHeader-border,
          var(--vscode-panel-border, var(--vscode-contrastBorder, transparent))
        );
        display: flex;
        flex-direction: column;
        height: 100vh;
      }
      main {
        display: contents;
      }
      .summary {
        display: flex;
        align-items: center;
        gap: 6px;
        min-height: 28px;
        padding: 2px 12px 4px;
      }
      .summary > .text {
        flex: 1;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      /* Neither number is ever cut: the line breaks before it. */
      .summary b,
      .gain {
        white-space: nowrap;
      }
      .summary b {
        font-weight: 600;
      }
      .summary b svg {
        display: inline-block;
        width: 14px;
        height: 14px;
        margin-right: 2px;
        vertical-align: -2px;
      }
      .notice,
      .welcome {
        padding-left: 12px;
        padding-right: 12px;
      }
      .notice {
        padding-top: 2px;
        font-size: 0.95em;
      }
      sweet-compact-table {
        flex: 1;
      }
      .filter {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 0 8px;
        padding: 0 12px 4px;
      }
    `,
  ];

  @property({ attribute: false }) app!: App;

  protected override render(): TemplateResult {
    const page = this.app.feed.page.value;
    const view = this.app.feed.view.value;
    if (!page?.study || !view) return renderWithoutStudy(this.app);
    const lost = renderLost(this.app);
    const notice = noticeOf(page, view);
    return html`<main>
      <h1 class="quiet">Trials of ${view.ref.name}</h1>
      ${this.#summary(page, view)} ${lost} ${notice ? renderNotice(this.app, notice) : nothing}
      ${this.#filter(view)}
      <sweet-compact-table .app=${this.app}></sweet-compact-table>
      <sweet-announcer .app=${this.app}></sweet-announcer>
    </main>`;
  }

  /** A filter set on another page holds here, too: it is said, and taken away with one click. */
  #filter(view: StudyView): TemplateResult | typeof nothing {
    const { active, trials } = this.app.filtered.value;
    if (!active) return nothing;
    return html`<div class="filter">
      <span class="muted number">${trials.length} of ${view.trials.length} pass the filter</span>
      <button class="link" @click=${() => this.app.ui.clearFilter()}>Clear filter</button>
    </div>`;
  }

  #summary(page: PageState, view: StudyView): TemplateResult {
    const status = statusOf(page, view);
    const { done, total } = progressOf(view);
    const result = resultOf(view);
    const gained =
      result?.improvement && result.improvement.gain > 0 ? improvementText(result.improvement) : '';
    const fraction =
      result?.improvement && result.improvement.gain > 0 ? result.improvement.fraction : undefined;
    const percent = fraction === undefined || view.study.objectives.length > 1 ? '' : formatPercent(fraction);
    const front = frontOfView(view);
    const best = front
      ? html` · <b>${front.trials.length}</b> on the front`
      : result
        ? html` · <b>${starIcon}<span class="quiet">best</span>${formatNumber(result.value)}</b>`
        : nothing;
    const progress = total === undefined ? `${done} trials` : `${done}/${total}`;
    const title = [
      `${view.ref.name}: ${status.word}${status.reason ? `, ${status.reason}` : ''}`,
      result && !front
        ? `best ${result.metric} ${formatNumber(result.value)} in trial ${result.trial} ${gained}`
        : '',
    ].join('\n');
    return html`<div class="summary" title=${title}>
      ${status.kind === 'running' || status.kind === 'stopping' ? stateIcon('running') : nothing}
      <div class="text number">
        <span class="muted">${status.kind === 'running' ? nothing : status.word}</span>
        ${progress}${best} <span class="muted gain">${percent}</span>
      </div>
      <button
        class="icon"
        aria-label="Open the results"
        title="Open the results"
        @click=${() => this.app.studyAction('open-panel')}
      >
        ${openIcon}
      </button>
    </div>`;
  }
}
