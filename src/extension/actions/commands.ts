/** Registers every command of the manifest: what it is about comes from targets.ts, what it does from its neighbours. */
import { join } from 'node:path';
import { commands, type LogOutputChannel, Uri, window } from 'vscode';
import type { Configs } from '../configs.js';
import { Command, type CommandId } from '../contributions.js';
import { Disposables } from '../disposables.js';
import type { ResultsPanels } from '../panel/results-panels.js';
import type { Studies } from '../studies.js';
import { createExample } from './example.js';
import { installNative } from './install-native.js';
import type { Places, RunActions } from './run.js';
import { deleteStudy, showTrialLog } from './studies.js';
import type { Targets } from './targets.js';
import type { ValueActions } from './values.js';

interface Parts {
  readonly configs: Configs;
  readonly studies: Studies;
  readonly targets: Targets;
  readonly run: RunActions;
  readonly values: ValueActions;
  readonly results: ResultsPanels;
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
  places,
  log,
}: Parts): Disposables {
  const compare = async (found: Awaited<ReturnType<Targets['trial']>>) => {
    if (found) await values.compare(found.entry, found.trial);
  };
  const apply = async (found: Awaited<ReturnType<Targets['trial']>>) => {
    if (found) await values.apply(found.entry, found.trial);
  };
  const stop = async (argument: unknown, mode: 'finish' | 'now') => {
    const entry = await targets.study(argument);
    if (entry) await run.stop(entry, mode);
  };
  const handlers: Record<CommandId, (argument?: unknown) => Promise<void>> = {
    [Command.startSweep]: async (argument) => {
      const config = await targets.config(argument);
      if (config !== undefined) await run.start(config);
    },
    [Command.newStudy]: async (argument) => {
      const config = await targets.config(argument);
      if (config !== undefined) await run.start(config, { fresh: true });
    },
    [Command.resume]: async (argument) => {
      const entry = await targets.study(argument);
      if (entry) await run.start(entry.configFile, { study: entry.name });
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
    [Command.deleteStudy]: async (argument) => {
      const entry = await targets.anyStudy(argument);
      if (!entry) return;
      await deleteStudy(entry);
      await studies.sync();
    },
    [Command.refresh]: async () => {
      await configs.scan();
      await studies.sync();
    },
    [Command.showLog]: async () => log.show(),
    [Command.createExample]: () => createExample(),
    [Command.installNative]: () =>
      installNative(join(places.extension, 'dist', 'cli.js'), places.storage, log),
  };
  const own = new Disposables();
  for (const [id, handler] of Object.entries(handlers)) own.add(commands.registerCommand(id, handler));
  return own;
}
