/** Registers every command of the manifest: what it is about comes from targets.ts, what it does from its neighbours. */
import { join } from 'node:path';
import { commands, type LogOutputChannel, Uri, window } from 'vscode';
import type { Trial } from '../../core/study/trial.js';
import type { Configs } from '../configs.js';
import { Command, type CommandId } from '../contributions.js';
import { Disposables } from '../disposables.js';
import type { EnvironmentDocuments } from '../editor/environment-documents.js';
import type { ResultsPanels } from '../panel/results-panels.js';
import type { Studies } from '../studies.js';
import type { StudyEntry } from '../study-entry.js';
import { isTreeNode } from '../views/nodes.js';
import type { StudiesTree } from '../views/studies-tree.js';
import { createExample } from './example.js';
import type { ExchangeActions } from './exchange.js';
import type { FilterActions } from './filter.js';
import type { ForecastActions } from './forecast.js';
import type { ForeignActions } from './foreign.js';
import { installNative } from './install-native.js';
import { type ManageActions, offerRepair } from './manage.js';
import type { MarkActions } from './marks.js';
import type { ReproduceActions } from './reproduce.js';
import type { RetryActions } from './retry.js';
import type { Places, RunActions } from './run.js';
import type { Targets } from './targets.js';
import type { TrashActions } from './trash.js';
import { showTrialLog } from './trial-log.js';
import type { ValueActions } from './values.js';

interface Parts {
  readonly configs: Configs;
  readonly studies: Studies;
  readonly targets: Targets;
  readonly run: RunActions;
  readonly values: ValueActions;
  readonly results: ResultsPanels;
  readonly manage: ManageActions;
  readonly marks: MarkActions;
  readonly forecasts: ForecastActions;
  readonly retry: RetryActions;
  readonly reproduce: ReproduceActions;
  readonly trash: TrashActions;
  readonly filters: FilterActions;
  readonly exchange: ExchangeActions;
  readonly environments: EnvironmentDocuments;
  readonly foreign: ForeignActions;
  readonly tree: StudiesTree;
  readonly places: Places;
  readonly log: LogOutputChannel;
}

export function registerCommands({
  configs,
  studies,
  targets,
  run,
  values,
  results,
  manage,
  marks,
  forecasts,
  retry,
  reproduce,
  trash,
  filters,
  exchange,
  environments,
  foreign,
  tree,
  places,
  log,
}: Parts): Disposables {
  const compare = async (found: Awaited<ReturnType<Targets['trial']>>) => {
    if (found && isOurs(found.entry)) await values.compare(found.entry, found.trial);
  };
  const apply = async (found: Awaited<ReturnType<Targets['trial']>>) => {
    if (found && isOurs(found.entry)) await values.apply(found.entry, found.trial);
  };
  const isOurs = (entry: StudyEntry): boolean => {
    if (entry.foreign) foreign.refuse(entry);
    return !entry.foreign;
  };
  const withStudy = async (argument: unknown, work: (entry: StudyEntry) => Promise<void>) => {
    const entry = await targets.anyStudy(argument);
    if (entry && isOurs(entry)) await work(entry);
  };
  const withStudies = async (
    argument: unknown,
    selection: unknown,
    work: (entries: readonly StudyEntry[]) => Promise<void>,
  ) => {
    const entries = await targets.studiesOf(argument, selection);
    if (entries.every(isOurs)) await work(entries);
  };
  const withTrials = async (
    argument: unknown,
    selection: unknown,
    work: (entry: StudyEntry, trials: readonly Trial[]) => Promise<void>,
  ) => {
    const found = await targets.trials(argument, selection);
    if (found && isOurs(found.entry)) await work(found.entry, found.trials);
  };
  const stop = async (argument: unknown, mode: 'finish' | 'now') => {
    const entry = await targets.study(argument);
    if (entry) await run.stop(entry, mode);
  };
  const handlers: Record<CommandId, (argument?: unknown, selection?: unknown) => Promise<void>> = {
    [Command.startSweep]: async (argument) => {
      const config = await targets.config(argument);
      if (config !== undefined) await run.start(config);
    },
    [Command.forecast]: async (argument) => {
      const config = await targets.config(argument);
      if (config !== undefined) await forecasts.forecast(config);
    },
    [Command.newStudy]: async (argument) => {
      const config = await targets.config(argument);
      if (config !== undefined) await run.start(config, { fresh: true });
    },
    [Command.resume]: async (argument) => {
      const entry = await targets.study(argument);
      if (!entry || !isOurs(entry)) return;
      if (entry.damaged > 0) offerRepair(entry, () => manage.repair(entry));
      else await run.start(entry.configFile, { study: entry.name });
    },
    [Command.stopFinish]: (argument) => stop(argument, 'finish'),
    [Command.stopNow]: (argument) => stop(argument, 'now'),
    [Command.compareBest]: async (argument) => compare(await targets.best(argument)),
    [Command.applyBest]: async (argument) => apply(await targets.best(argument)),
    [Command.compareTrial]: async (argument) => compare(await targets.trial(argument)),
    [Command.applyTrial]: async (argument) => apply(await targets.trial(argument)),
    [Command.applyFromDiff]: async (argument) => apply(await targets.trial(argument)),
    [Command.openResults]: async (argument) => {
      const entry = await targets.study(argument);
      if (entry) results.open(entry);
    },
    [Command.showTrialLog]: async (argument) => {
      const found = await targets.trial(argument);
      if (found) await showTrialLog(found.entry, found.trial);
    },
    [Command.revealConfig]: async (argument) => {
      const config = await targets.config(argument);
      if (config !== undefined) await window.showTextDocument(Uri.file(config));
    },
    [Command.deleteStudy]: (argument, selection) =>
      withStudies(argument, selection, (entries) => trash.delete(entries)),
    [Command.restoreStudy]: async (argument) => {
      const isConfig = isTreeNode(argument) && argument.kind === 'config';
      await trash.restore(isConfig ? argument.path : undefined);
    },
    [Command.refresh]: async () => {
      await configs.scan();
      await studies.sync();
    },
    [Command.showLog]: async () => log.show(),
    [Command.createExample]: () => createExample(),
    [Command.installNative]: () =>
      installNative(join(places.extension, 'dist', 'cli.js'), places.storage, log),
    [Command.renameStudy]: (argument) => withStudy(argument, (entry) => manage.rename(entry)),
    [Command.duplicateStudy]: (argument) => withStudy(argument, (entry) => manage.duplicate(entry)),
    [Command.repairStudy]: (argument) => withStudy(argument, (entry) => manage.repair(entry)),
    [Command.mergeStudies]: (argument, selection) =>
      withStudies(argument, selection, (entries) => manage.merge(entries)),
    [Command.compareStudies]: (argument, selection) =>
      withStudies(argument, selection, (entries) => manage.compare(entries)),
    [Command.archiveStudy]: (argument, selection) =>
      withStudies(argument, selection, (entries) => manage.archive(entries, true)),
    [Command.unarchiveStudy]: (argument, selection) =>
      withStudies(argument, selection, (entries) => manage.archive(entries, false)),
    [Command.showArchived]: () => tree.showArchived(true),
    [Command.hideArchived]: () => tree.showArchived(false),
    [Command.starTrial]: (argument, selection) =>
      withTrials(argument, selection, (entry, trials) => marks.star(entry, trials)),
    [Command.excludeTrial]: (argument, selection) =>
      withTrials(argument, selection, (entry, trials) => marks.exclude(entry, trials)),
    [Command.includeTrial]: (argument, selection) =>
      withTrials(argument, selection, (entry, trials) => marks.include(entry, trials)),
    [Command.retryTrial]: async (argument) => {
      const found = await targets.trial(argument);
      if (found && isOurs(found.entry)) await retry.retry(found.entry, found.trial);
    },
    [Command.noteTrial]: async (argument) => {
      const found = await targets.trial(argument);
      if (found && isOurs(found.entry)) await marks.note(found.entry, found.trial);
    },
    [Command.tagTrial]: (argument, selection) =>
      withTrials(argument, selection, (entry, trials) => marks.tag(entry, trials)),
    [Command.showEnvironment]: async (argument) => {
      const found = await targets.trial(argument);
      if (found) await environments.show(found.entry, { trial: found.trial.number });
    },
    [Command.compareEnvironments]: async (argument, selection) => {
      const found = await targets.trials(argument, selection);
      const [first, second] = found?.trials ?? [];
      if (!found || !first) return;
      const other = second ?? (await targets.otherTrial(found.entry, first));
      if (other) await environments.compare(found.entry, { trial: first.number }, { trial: other.number });
    },
    [Command.verifyTrial]: async (argument) => {
      const found = isStudyNode(argument) ? await targets.best(argument) : await targets.trial(argument);
      if (found && isOurs(found.entry)) await reproduce.verify(found.entry, found.trial);
    },
    [Command.replayStudy]: (argument) => withStudy(argument, (entry) => reproduce.replay(entry)),
    [Command.lockTrial]: async (argument) => {
      const found = isTrialNode(argument) ? await targets.trial(argument) : await targets.best(argument);
      if (found && isOurs(found.entry)) await reproduce.lock(found.entry, found.trial);
    },
    [Command.filterTrials]: async (argument) => {
      const entry = await targets.study(argument);
      if (!entry) return;
      await filters.filter(entry);
      await tree.unfold(entry.id);
    },
    [Command.clearFilter]: async (argument) => {
      const entry = await targets.study(argument);
      if (entry) filters.clear(entry);
    },
    [Command.exportStudy]: async (argument) => {
      const entry = await targets.anyStudy(argument);
      if (entry) await exchange.export(entry);
    },
    [Command.importTrials]: (argument) =>
      exchange.import(isTreeNode(argument) && argument.kind === 'config' ? argument.path : undefined),
    [Command.openForeign]: (argument) => foreign.open(argument),
    [Command.closeForeign]: (argument) => foreign.close(argument),
    [Command.continueForeign]: (argument) => foreign.goOn(argument),
  };
  const own = new Disposables();
  for (const [id, handler] of Object.entries(handlers)) own.add(commands.registerCommand(id, handler));
  return own;
}

const isStudyNode = (argument: unknown): boolean => isTreeNode(argument) && argument.kind === 'study';

/** A trial of the tree, or one that a page or a lens named. */
const isTrialNode = (argument: unknown): boolean =>
  typeof argument === 'object' && argument !== null && ('trial' in argument || 'number' in argument);
