/**
 * Activation: builds the parts in order, registers them, and returns at once. Looking through the workspace and
 * reading the studies goes on in the background; the engine starts with the first sweep.
 */
import { type ExtensionContext, window } from 'vscode';
import { registerCommands } from './actions/commands.js';
import { ExchangeActions } from './actions/exchange.js';
import { FilterActions } from './actions/filter.js';
import { ForecastActions } from './actions/forecast.js';
import { ForeignActions } from './actions/foreign.js';
import { ManageActions } from './actions/manage.js';
import { MarkActions } from './actions/marks.js';
import { ReproduceActions } from './actions/reproduce.js';
import { RetryActions } from './actions/retry.js';
import { RunActions } from './actions/run.js';
import { Targets } from './actions/targets.js';
import { TrashActions } from './actions/trash.js';
import { ValueActions } from './actions/values.js';
import { registerConfigMoves } from './config-moves.js';
import { Configs } from './configs.js';
import { keepContexts, setContext } from './context.js';
import { Disposables } from './disposables.js';
import { SweepLenses } from './editor/code-lens.js';
import { registerCompletion } from './editor/completion.js';
import { registerDiagnostics } from './editor/diagnostics.js';
import { EnvironmentDocuments } from './editor/environment-documents.js';
import { TuneHints } from './editor/hints.js';
import { TunedHover } from './editor/hover.js';
import { ReportDocuments } from './editor/report-documents.js';
import { RunProblems } from './editor/run-problems.js';
import { registerSpelling } from './editor/spelling.js';
import { TrialDocuments } from './editor/trial-documents.js';
import { Focus } from './focus.js';
import { ForeignFiles } from './foreign-files.js';
import { FolderWatcher } from './new-folders.js';
import { registerNotices } from './notices.js';
import { OwnCli } from './own-cli.js';
import { ResultsPanels } from './panel/results-panels.js';
import { registerStatus } from './status.js';
import { Studies } from './studies.js';
import { registerDamageNotices, registerEnvironmentNotices } from './study-notices.js';
import { PointedTrial } from './views/pointed-trial.js';
import { StudiesTree } from './views/studies-tree.js';
import { TrialsView } from './views/trials-view.js';

/** What other extensions, and our tests, may read. */
export interface SweetspotApi {
  readonly configs: Pick<Configs, 'all' | 'onDidChangeList'>;
  readonly studies: Pick<Studies, 'all' | 'of' | 'get' | 'onDidChange'>;
  readonly tree: Pick<StudiesTree, 'getChildren' | 'getTreeItem'>;
  /** Resolves when the workspace was looked through and every study read. */
  readonly ready: Promise<void>;
  /** What `activate` took: the part of the start of a window that is ours to answer for. */
  readonly activateMs: number;
}

export function activate(context: ExtensionContext): SweetspotApi {
  const began = performance.now();
  const own = new Disposables();
  context.subscriptions.push(own);
  const log = own.add(window.createOutputChannel('Sweetspot', { log: true }));

  const newFolders = own.add(new FolderWatcher());
  const configs = own.add(new Configs(log, newFolders));
  const studies = own.add(new Studies(configs, log, newFolders));
  own.add(registerConfigMoves(configs, studies, log));
  const focus = own.add(new Focus(studies, context.workspaceState));
  const cli = new OwnCli(context.extensionPath);
  const storage = (context.storageUri ?? context.globalStorageUri).fsPath;
  const foreignFiles = own.add(new ForeignFiles(studies, cli, context.workspaceState, storage, log));
  const ready = configs
    .scan()
    .then(() => studies.sync())
    .then(() => foreignFiles.restore())
    .catch((error: unknown) =>
      log.error('Looking through the workspace failed.', error instanceof Error ? error : String(error)),
    )
    .finally(() => setContext('sweetspot.scanned', true));

  const places = {
    extension: context.extensionPath,
    logs: context.logUri.fsPath,
    storage: context.globalStorageUri.fsPath,
  };
  const problems = own.add(new RunProblems(configs, studies));
  const run = new RunActions(configs, studies, problems, places, log);
  const values = new ValueActions(configs);
  const targets = new Targets(configs, studies, focus);
  const tree = own.add(new StudiesTree(configs, studies, focus, context.workspaceState));
  own.add(new TrialsView(context.extensionUri, studies, focus));
  const results = own.add(new ResultsPanels(context.extensionUri, studies, focus, ready));
  own.add(new TrialDocuments(configs, studies));
  const environments = own.add(new EnvironmentDocuments(studies));
  own.add(registerEnvironmentNotices(studies, environments));
  own.add(new PointedTrial(focus));
  const reports = own.add(new ReportDocuments());
  const marks = new MarkActions(studies, cli);
  const retry = new RetryActions(studies, cli, run);
  const foreign = new ForeignActions(configs, studies, foreignFiles, results, cli);
  const exchange = new ExchangeActions(studies, cli, reports, foreign);
  const manage = new ManageActions(studies, cli, results, exchange);
  own.add(registerDamageNotices(studies, manage));
  own.add(new SweepLenses(configs, studies));
  new TunedHover(configs, studies).register(own);
  own.add(registerCompletion());
  own.add(new TuneHints(configs, studies));
  own.add(registerSpelling());
  own.add(registerDiagnostics(configs));
  own.add(registerStatus(studies));
  own.add(registerNotices(studies, problems));
  own.add(
    registerCommands({
      configs,
      studies,
      targets,
      run,
      values,
      results,
      manage,
      marks,
      forecasts: new ForecastActions(configs, cli, run),
      retry,
      reproduce: new ReproduceActions(cli, reports),
      trash: new TrashActions(configs, studies, cli),
      filters: new FilterActions(focus),
      exchange,
      environments,
      foreign,
      tree,
      places,
      log,
    }),
  );
  own.add(keepContexts(configs, studies, focus, tree));
  const activateMs = performance.now() - began;
  log.debug(`Activated in ${activateMs.toFixed(1)} ms.`);
  return { configs, studies, tree, ready, activateMs };
}
