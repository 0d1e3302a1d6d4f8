/** The line above `@sweep`: what the sweep is doing, and what can be done next. */
import {
  CodeLens,
  type CodeLensProvider,
  type Command as EditorCommand,
  type Event,
  EventEmitter,
  languages,
  type TextDocument,
  workspace,
} from 'vscode';
import { hasSeveralObjectives } from '../../core/study/objectives/front.js';
import type { Configs } from '../configs.js';
import { Command } from '../contributions.js';
import { Disposables } from '../disposables.js';
import { count } from '../format.js';
import { setting } from '../settings.js';
import type { Studies } from '../studies.js';
import {
  bestText,
  isResumable,
  isRunning,
  progressText,
  resultText,
  type StudyEntry,
} from '../study-entry.js';
import { Throttle } from '../throttle.js';
import { toRange } from './ranges.js';
import { CONFIG_FILES } from './selector.js';

/**
 * The editor starts anew with every change it is told of, so lenses that change too often are never drawn. Not more
 * often than this, in milliseconds, and not before it has asked for those it was told of last.
 */
const DRAW_EVERY = 1_000;
/** A no-break space: an ordinary one beside an icon is lost in a lens. */
const GAP = '\u00a0';

export class SweepLenses implements CodeLensProvider {
  readonly #own = new Disposables();
  readonly #changed = this.#own.add(new EventEmitter<void>());
  readonly #draw = this.#own.add(new Throttle(DRAW_EVERY, () => this.#tell()));
  #waiting = false;
  #stale = false;
  readonly onDidChangeCodeLenses: Event<void> = this.#changed.event;

  constructor(
    private readonly configs: Configs,
    private readonly studies: Studies,
  ) {
    const draw = () => this.#draw.request();
    this.#own.add(studies.onDidChange(draw));
    this.#own.add(studies.onDidChangeList(draw));
    this.#own.add(configs.onDidChange(draw));
    this.#own.add(workspace.onDidGrantWorkspaceTrust(draw));
    this.#own.add(
      workspace.onDidChangeConfiguration((change) => change.affectsConfiguration('sweetspot') && draw()),
    );
    this.#own.add(languages.registerCodeLensProvider(CONFIG_FILES, this));
  }

  provideCodeLenses(document: TextDocument): CodeLens[] {
    this.#waiting = false;
    if (this.#stale) this.#draw.request();
    if (!setting('codeLens')) return [];
    const config = this.configs.now(document.uri.fsPath);
    const at = config?.parsed.sweepRange;
    if (!config || !at) return [];
    const errors = config.parsed.diagnostics.filter(({ severity }) => severity === 'error').length;
    const entry = this.studies.current(config.path);
    return lensCommands(document.uri, entry, errors).map((command) => new CodeLens(toRange(at), command));
  }

  #tell(): void {
    this.#stale = this.#waiting;
    if (this.#waiting) return;
    this.#waiting = true;
    this.#changed.fire();
  }

  dispose(): void {
    this.#own.dispose();
  }
}

function lensCommands(
  uri: TextDocument['uri'],
  entry: StudyEntry | undefined,
  errors: number,
): EditorCommand[] {
  const about = entry && [{ journal: entry.id }];
  const best = entry && bestText(entry);
  const compare =
    about && best
      ? [
          {
            title: hasSeveralObjectives(entry.study)
              ? `Compare (${resultText(entry)})`
              : `Compare with Best (${best}, #${entry.best?.number})`,
            command: Command.compareBest,
            arguments: about,
          },
        ]
      : [];
  if (entry && about && isRunning(entry)) {
    const doing = `$(sync~spin)${GAP}${progressText(entry)}${best ? ` · ${resultText(entry)}` : ''}`;
    const stop =
      entry.phase.kind === 'stopping'
        ? {
            title: 'Stop Now',
            tooltip: 'End the running trials, too',
            command: Command.stopNow,
            arguments: about,
          }
        : {
            title: 'Stop',
            tooltip: 'Stop after the running trials',
            command: Command.stopFinish,
            arguments: about,
          };
    return [
      { title: doing, tooltip: 'Open Results', command: Command.openResults, arguments: about },
      stop,
      ...compare,
    ];
  }
  const start: EditorCommand[] = !workspace.isTrusted
    ? [{ title: `$(shield)${GAP}Trust this workspace to start the sweep`, command: 'workbench.trust.manage' }]
    : errors > 0
      ? [
          {
            title: `$(error)${GAP}${count(errors, 'problem')} to solve before a sweep`,
            command: 'workbench.actions.view.problems',
          },
        ]
      : entry && isResumable(entry)
        ? [
            {
              title: `$(debug-continue)${GAP}Resume Sweep (${progressText(entry)})`,
              command: Command.startSweep,
              arguments: [uri],
            },
            { title: 'Start New Study', command: Command.newStudy, arguments: [uri] },
          ]
        : [{ title: `$(play)${GAP}Start Sweep`, command: Command.startSweep, arguments: [uri] }];
  const results = about ? [{ title: 'Open Results', command: Command.openResults, arguments: about }] : [];
  return [...start, ...compare, ...results];
}
