/**
 * The extension's side of one page: answers PageContract from the journals, and tells a visible page that there is
 * more to ask for. What a page asks to be done goes through the same commands as every other surface.
 */
import { basename, dirname, join } from 'node:path';
import { commands, env, Uri, type Webview, window, workspace } from 'vscode';
import type { OutgoingStudy } from '../../core/study/packed/transfer.js';
import { type Server, serve } from '../../protocol/contract.js';
import type {
  PageContract,
  PageFilter,
  PageState,
  StudyAction,
  StudyRef,
  TrialAction,
} from '../../protocol/panel.js';
import { Command, type CommandId } from '../contributions.js';
import { Disposables } from '../disposables.js';
import type { Focus } from '../focus.js';
import type { Studies } from '../studies.js';
import type { StudyEntry } from '../study-entry.js';
import { Throttle } from '../throttle.js';
import { type PageName, pageHtml } from './html.js';
import { Peers } from './peers.js';
import { trialFiles, trialValidation } from './trial-files.js';
import { webviewConnection } from './webview-connection.js';

/** Bytes of journal in one answer. */
const ANSWER_BYTES = 2_000_000;
/** Records from which on a page without any is given the whole study at once. */
const LONG = 5_000;
/** Words to a page, at most so often, in milliseconds. */
const TELL_EVERY = 100;

const TRIAL_COMMANDS: Readonly<Record<TrialAction, CommandId>> = {
  compare: Command.compareTrial,
  apply: Command.applyTrial,
  log: Command.showTrialLog,
  star: Command.starTrial,
  exclude: Command.excludeTrial,
  include: Command.includeTrial,
  note: Command.noteTrial,
  tag: Command.tagTrial,
  environment: Command.showEnvironment,
  retry: Command.retryTrial,
};
const STUDY_COMMANDS: Readonly<Record<StudyAction, CommandId>> = {
  'stop-finish': Command.stopFinish,
  'stop-now': Command.stopNow,
  resume: Command.resume,
  repair: Command.repairStudy,
  continue: Command.continueForeign,
  'compare-best': Command.compareBest,
  'apply-best': Command.applyBest,
  'open-panel': Command.openResults,
  'open-config': Command.revealConfig,
  'show-log': Command.showLog,
};

export interface PageSetting {
  readonly page: PageName;
  readonly webview: Webview;
  /** Folder of the extension. */
  readonly extension: Uri;
  readonly visible: () => boolean;
  /** Path of the journal of the study to show now. */
  readonly study: () => string | undefined;
  /** What that path was before the study was renamed. */
  readonly renamedFrom?: () => string | undefined;
}

export class PageHost {
  readonly #own = new Disposables();
  readonly #server: Server<PageContract>;
  readonly #teller = this.#own.add(new Throttle(TELL_EVERY, () => this.#tell()));
  readonly #peers: Peers;
  #toldState = '';
  #toldFilter: PageFilter | undefined;
  /** Whether the page has asked for its state since it was last hidden: one that has not would miss what it is told. */
  #up = false;
  /** Studies to compare with, while the page has not been told. */
  #comparing: readonly string[] | undefined;
  #served: { readonly study: string; readonly generation: number | undefined } | undefined;
  /** What the page is being given block by block, and the position it will have then. */
  #outgoing: { readonly study: string; readonly seq: number; readonly whole: OutgoingStudy } | undefined;

  constructor(
    private readonly setting: PageSetting,
    private readonly studies: Studies,
    private readonly focus: Focus,
  ) {
    const { webview, extension, page } = setting;
    this.#peers = new Peers(studies, refOf);
    const dist = Uri.joinPath(extension, 'dist');
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    const connection = this.#own.add(webviewConnection(webview));
    this.#server = serve<PageContract>(connection, {
      state: () => this.#state(),
      since: (params) => this.#since(params),
      block: async (params) => this.#block(params),
      trial: ({ study, trial, action }) => run(TRIAL_COMMANDS[action], { journal: study, trial }),
      study: ({ study, action }) => run(STUDY_COMMANDS[action], { journal: study }),
      files: ({ study, trial }) =>
        this.studies.get(study) ? trialFiles(study, trial) : { files: [], left: 0, log: '' },
      validation: async ({ study, trial }) =>
        this.studies.get(study) ? trialValidation(study, trial) : null,
      peers: ({ study }) => this.#peers.of(study),
      copy: async ({ text }) => env.clipboard.writeText(text),
      save: ({ name, base64 }) => this.#save(name, base64),
      select: ({ study, trials }) => this.focus.select({ study, trials, by: this }),
      point: ({ study, trial }) => this.focus.share({ study, what: { kind: 'pointed', trial }, by: this }),
      filter: ({ study, filter }) =>
        this.focus.share({ study, what: { kind: 'filtered', filter }, by: this }),
    });
    this.#own.add(
      studies.onDidChange((entry) => {
        if (entry.id === this.setting.study()) this.#teller.request();
      }),
    );
    this.#own.add(
      studies.onDidChangeList(() => {
        const study = this.setting.study();
        if (study !== undefined && this.setting.visible()) void this.#server.emit('peersChanged', { study });
      }),
    );
    this.#own.add(
      focus.onDidSelect(({ study, trials, by }) => {
        if (by !== this && study === this.setting.study() && this.setting.visible()) {
          void this.#server.emit('selected', { study, trials });
        }
      }),
    );
    this.#own.add(
      focus.onDidShare(({ study, what, by }) => {
        if (by === this || study !== this.setting.study() || !this.setting.visible()) return;
        if (what.kind === 'pointed') void this.#server.emit('pointed', { study, trial: what.trial });
        else void this.#server.emit('filtered', { study, filter: what.filter });
      }),
    );
    this.#own.add(workspace.onDidGrantWorkspaceTrust(() => this.refresh()));
    connection.listen();
    webview.html = pageHtml(webview, dist, page);
  }

  /** To be called when the page became visible, or is to show another study. */
  refresh(): void {
    this.#toldState = '';
    this.#toldFilter = undefined;
    this.#teller.request();
  }

  /** To be called when the page was hidden, which ends it. */
  hidden(): void {
    this.#up = false;
  }

  /** Brings up the comparison with these studies (paths of their journals), now or once the page is up. */
  compare(others: readonly string[]): void {
    this.#comparing = others;
    if (this.#up && this.setting.visible()) this.#tellComparison();
  }

  dispose(): void {
    this.#own.dispose();
  }

  #tellComparison(): void {
    const study = this.setting.study();
    const others = this.#comparing;
    if (study === undefined || others === undefined) return;
    this.#comparing = undefined;
    void this.#server.emit('compare', { study, others });
  }

  #entry(): StudyEntry | undefined {
    const id = this.setting.study();
    return id === undefined ? undefined : this.studies.get(id);
  }

  async #state(): Promise<PageState> {
    const id = this.setting.study();
    // A page that is up before the engine was found again would say that it is lost.
    if (id !== undefined && this.studies.get(id)?.phase.kind === 'loading') await this.studies.load(id);
    this.#up = true;
    this.#tellComparison();
    const now = this.#entry();
    const filter = now && this.focus.filterOf(now.id);
    return { ...this.#stateNow(), ...(filter ? { filter } : {}) };
  }

  #stateNow(): PageState {
    const renamedFrom = this.setting.renamedFrom?.();
    return { ...stateOf(this.#entry()), ...(renamedFrom === undefined ? {} : { renamedFrom }) };
  }

  async #since({ study, seq }: { study: string; seq: number }) {
    const entry = this.studies.get(study);
    const generation = this.studies.generation(study);
    const replaced = this.#served?.study === study && this.#served.generation !== generation;
    this.#served = { study, generation };
    this.#outgoing = undefined;
    const reset = !entry || replaced || seq > entry.study.seq;
    const known = entry?.study.seq ?? 0;
    if (known >= LONG && (reset || seq === 0)) {
      const whole = this.studies.whole(study);
      if (whole) {
        this.#outgoing = { study, seq: known, whole };
        return { lines: '', seq: known, more: false, reset, whole: whole.first };
      }
    }
    const answer = await this.studies.lines(study, reset ? 0 : seq, ANSWER_BYTES);
    return { lines: '', seq: 0, more: false, ...answer, reset };
  }

  #block({ study, seq, index }: { study: string; seq: number; index: number }) {
    const outgoing = this.#outgoing;
    const same = outgoing?.study === study && outgoing.seq === seq;
    if (!same || this.#served?.generation !== this.studies.generation(study)) return null;
    if (index + 1 >= outgoing.whole.first.blocks) this.#outgoing = undefined;
    return outgoing.whole.block(index);
  }

  /** Beside the config unless the person says otherwise. */
  async #save(name: string, base64: string): Promise<void> {
    const config = this.#entry()?.configFile;
    const uri = await window.showSaveDialog(
      config === undefined ? {} : { defaultUri: Uri.file(join(dirname(config), basename(name))) },
    );
    if (!uri) return;
    try {
      await workspace.fs.writeFile(uri, Buffer.from(base64, 'base64'));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      void window.showErrorMessage(`${uri.fsPath} could not be written: ${why}. Choose another folder.`);
    }
  }

  #tell(): void {
    if (!this.setting.visible() || this.#own.disposed) return;
    const entry = this.#entry();
    if (entry?.phase.kind === 'loading') return;
    const state = this.#stateNow();
    const text = JSON.stringify(state);
    if (text !== this.#toldState) {
      this.#toldState = text;
      void this.#server.emit('state', state);
    }
    const filter = entry && this.focus.filterOf(entry.id);
    if (entry && filter && filter !== this.#toldFilter) {
      this.#toldFilter = filter;
      void this.#server.emit('filtered', { study: entry.id, filter });
    }
    if (entry) void this.#server.emit('appended', { study: entry.id, seq: entry.study.seq });
  }
}

function stateOf(entry: StudyEntry | undefined): PageState {
  return {
    ...(entry ? { study: refOf(entry) } : {}),
    ...(entry?.engine ? { engine: entry.engine } : {}),
    trusted: workspace.isTrusted,
  };
}

function refOf({ id, name, configFile, foreign, damaged }: StudyEntry): StudyRef {
  return {
    id,
    name,
    configFile,
    configName: basename(configFile),
    ...(foreign ? { foreign } : {}),
    ...(damaged > 0 ? { damaged } : {}),
  };
}

async function run(command: CommandId, argument: { journal: string; trial?: number }): Promise<void> {
  await commands.executeCommand(command, argument);
}
