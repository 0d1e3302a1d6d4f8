/** The buttons that act on the whole study: which are offered now, and which is the main one. */
import { html, nothing, type TemplateResult } from 'lit';
import type { PageState, StudyAction } from '../../../src/protocol/panel.js';
import type { App } from '../app.js';
import type { StudyView } from '../feed.js';
import { resumeWord, type StatusKind, statusOf } from './standing.js';

interface ActionButton {
  readonly action: StudyAction;
  readonly label: string;
  readonly title: string;
  readonly enabled: boolean;
}

/** A study of another program is looked at; what can be done is to go on with its trials. */
const CONTINUE: ActionButton = {
  action: 'continue',
  label: 'Continue as a Study…',
  title: 'Begin a study of one of your configs with these trials; the file stays as it is',
  enabled: true,
};
const REPAIR: ActionButton = {
  action: 'repair',
  label: 'Repair',
  title: 'Mend the journal, so that the study can go on; a copy is kept',
  enabled: true,
};

export function studyActions(page: PageState, view: StudyView): readonly ActionButton[] {
  const { kind } = statusOf(page, view);
  if (view.ref.foreign) return [CONTINUE];
  // With several objectives one is picked from the front.
  const several = view.study.objectives.length > 1;
  const changes = view.best !== undefined && (several || view.best.number !== 0);
  const why =
    view.best === undefined
      ? 'No trial has completed yet'
      : 'The values in the file are the best so far: nothing to change';
  return [
    ...(view.ref.damaged === undefined ? controlActions(kind, page) : [REPAIR]),
    {
      action: 'compare-best',
      label: several ? 'Compare…' : 'Compare with Best',
      title: changes
        ? `Show the file beside the same file with the ${several ? 'values of a trial of the front' : 'best values'}`
        : why,
      enabled: changes,
    },
    {
      action: 'apply-best',
      label: several ? 'Apply…' : 'Apply Best',
      title: changes
        ? `Write the ${several ? 'values of a trial of the front' : 'best values'} into the file; undo works`
        : why,
      enabled: changes,
    },
  ];
}

function controlActions(kind: StatusKind, page: PageState): readonly ActionButton[] {
  const stopNow: ActionButton = {
    action: 'stop-now',
    label: 'Stop Now',
    title: 'End the running trials too; the study can be resumed',
    enabled: true,
  };
  switch (kind) {
    case 'running':
      return [
        {
          action: 'stop-finish',
          label: 'Stop',
          title: 'Let the running trials finish, start no more; the study can be resumed',
          enabled: true,
        },
        stopNow,
      ];
    case 'stopping':
      return [{ ...stopNow, enabled: page.engine?.stopping !== 'now' }];
    case 'finished':
      return [];
    case 'stopped':
    case 'error':
    case 'lost':
      return [
        {
          action: 'resume',
          label: resumeWord(kind),
          title: page.trusted ? 'Go on where the study stopped' : 'This workspace is not trusted',
          enabled: page.trusted,
        },
      ];
  }
}

/** Applying is what a finished study is for; while it runs nothing is urged. */
export function renderActions(app: App, page: PageState, view: StudyView): TemplateResult {
  const { kind } = statusOf(page, view);
  const main: StudyAction = view.ref.foreign
    ? 'continue'
    : view.ref.damaged !== undefined
      ? 'repair'
      : kind === 'finished'
        ? 'apply-best'
        : kind === 'running'
          ? 'stop-finish'
          : 'resume';
  return html`${studyActions(page, view).map(
    ({ action, label, title, enabled }) => html`<vscode-button
      appearance=${action === main && kind !== 'running' ? 'primary' : 'secondary'}
      title=${title}
      data-action=${action}
      ?disabled=${!enabled}
      @click=${() => app.studyAction(action)}
      >${label}</vscode-button
    >${nothing}`,
  )}`;
}
