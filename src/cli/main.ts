/** Entry of the command line, dist/cli.js: reads the arguments and hands over to one file per command. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { pruners } from '../core/pruners/registry.js';
import { samplers } from '../core/samplers/registry.js';
import { VERSION } from '../engine/version.js';
import { apply } from './apply.js';
import { clean } from './clean.js';
import { enqueue } from './enqueue.js';
import { showEnvironment } from './env.js';
import { EXPORT_FORMATS, exportStudy } from './export.js';
import { printForecast } from './forecast.js';
import { importStudy } from './import.js';
import { installNativeCommand } from './install-native.js';
import { mark } from './mark.js';
import { UsageError } from './open-study.js';
import { ExitCode } from './output.js';
import { repair } from './repair.js';
import { replayStudy } from './replay.js';
import { run } from './run.js';
import { best, list, show } from './show.js';
import { addStudiesCommands } from './studies-commands.js';
import { unpack } from './unpack.js';
import { lock, verify } from './verify.js';

const wholeNumber =
  (low: number) =>
  (text: string): number => {
    const value = Number(text);
    if (!Number.isInteger(value) || value < low) {
      throw new InvalidArgumentError(`It takes a whole number from ${low}.`);
    }
    return value;
  };

const program = new Command('sweetspot')
  .description('Hyperparameter tuning of annotated config files.')
  .version(VERSION)
  .exitOverride()
  .configureHelp({ showGlobalOptions: true });

const command = (name: string, description: string): Command =>
  program
    .command(name)
    .description(description)
    .argument('<config>', 'the annotated config file')
    .option('--study <name>', 'which of its studies (default: the latest)');

const searching = (name: string, description: string): Command =>
  command(name, description)
    .option('--trials <n>', 'stop after so many trials, those of earlier runs included', wholeNumber(1))
    .option('--workers <n>', 'trials at a time (default: cores - 1)', wholeNumber(1))
    .option('--fuse <n>', 'trials at a time in each worker, for small dense networks', wholeNumber(1))
    .addOption(new Option('--sampler <name>', 'how points are chosen').choices(Object.keys(samplers)))
    .addOption(new Option('--pruner <name>', 'how trials are cut short').choices(Object.keys(pruners)))
    .addOption(
      new Option('--backend <name>', 'TensorFlow.js backend')
        .choices(['auto', 'embedded', 'native'])
        .default('auto'),
    )
    .option('--json', 'print one event per line for machines');

searching('run', 'start a study, or continue the latest unfinished one')
  .option('--seed <n>', 'seed of the study: the same seed gives the same suggestions', wholeNumber(0))
  .option('--new', 'start a new study whatever is there')
  .option('--forecast', 'start nothing: say what it would take, from one short trial')
  .action((config, { forecast, ...options }) =>
    forecast ? printForecast(config, { ...options, mode: 'run' }) : run(config, { ...options, mode: 'run' }),
  );

searching('resume', 'continue the latest study, or the one named').action((config, options) =>
  run(config, { ...options, mode: 'resume' }),
);

command('enqueue', 'let a trial with values of your own wait; it runs next')
  .argument('[values...]', 'such as lr=1e-3 units=[32]: a name, or the end of one, and a value')
  .option('--trial <n>', 'take the other values from this trial (default: from the file)', wholeNumber(0))
  .option('--suggest', 'let the sampler choose the other values')
  .option('--json', 'print JSON')
  .action(enqueue);

command('best', 'show the best trial beside the values in the file; with several metrics the Pareto front')
  .option('--json', 'print JSON')
  .action(best);

const TRIAL_OR_BEST = 'the trial (default: the best; with several metrics the balanced one of the front)';
const WHERE = "only trials of which it holds: 'val_accuracy > 0.9 and optimizer = adam'";

command('list', 'list the trials')
  .option('--where <expression>', WHERE)
  .option('--json', 'print JSON')
  .action(list);

command('show', 'show a study, or one trial of it')
  .option('--trial <n>', 'the trial', wholeNumber(0))
  .option('--where <expression>', WHERE)
  .option('--json', 'print JSON')
  .action(show);

command('env', 'show what the results of a study or trial depend on')
  .option('--trial <n>', 'the trial (default: the latest run)', wholeNumber(0))
  .option('--with <n>', 'what differs from this other trial', wholeNumber(0))
  .option('--here', 'what differs from this machine as it is now')
  .option('--json', 'print JSON')
  .action(showEnvironment);

command('verify', 'run a trial or a lock again and tell whether the result is the same')
  .option('--trial <n>', TRIAL_OR_BEST, wholeNumber(0))
  .option('--repeats <n>', 'runs with other seeds that measure the noise, where needed', wholeNumber(0), 4)
  .addOption(
    new Option('--backend <name>', "TensorFlow.js backend (default: the trial's, where it is here)").choices([
      'auto',
      'embedded',
      'native',
    ]),
  )
  .option('--environment-only', 'compare the environment and train nothing')
  .option('--strict', 'fail also for differences that can only touch the last digits')
  .option('--json', 'print JSON')
  .action(verify);

command('lock', 'write the best trial with its environment and curve to a file that verify reads')
  .option('--trial <n>', TRIAL_OR_BEST, wholeNumber(0))
  .option('--output <file>', 'the file to write (default: <config>.lock.json)')
  .action(lock);

command(
  'replay',
  'derive every suggestion and pruning again from the journal and report the first difference',
)
  .option('--json', 'print JSON')
  .action(replayStudy);

program
  .command('import')
  .description('begin a study with the trials of an Optuna journal or database, or of a table of W&B runs')
  .argument('<file>', 'the .log, .db or .csv')
  .argument('<config>', 'the annotated config file to go on with')
  .option('--study <name>', 'which study of the file')
  .option(
    '--map <here=there>',
    'a parameter (in a table also a metric) that has another name there; may be repeated',
    (pair: string, pairs: readonly string[]) => [...pairs, pair],
    [] as readonly string[],
  )
  .action(importStudy);

program
  .command('unpack', { hidden: true })
  .description('write the studies of another program as journals, for the editor')
  .argument('<file>', 'the .log or .db')
  .requiredOption('--into <folder>', 'the folder to write')
  .action(unpack);

command('export', 'write a study for people or for other programs')
  .addOption(new Option('--format <format>', 'what to write').choices(EXPORT_FORMATS).default('csv'))
  .option(
    '--output <path>',
    'the file to write (default: standard output), or the folder; an MLflow server by its URL',
  )
  .action(exportStudy);

const marking = (name: string, description: string): Command =>
  command(name, description).argument('<trials...>', 'numbers of trials', (text, earlier: number[] = []) => [
    ...earlier,
    wholeNumber(0)(text),
  ]);

marking('exclude', 'say that trials do not count: not for the best, not for the search')
  .option('--reason <text>', 'why', 'excluded by hand')
  .action((config, trials, options) =>
    mark(config, trials, options, { excluded: options.reason }, 'excluded'),
  );

marking('include', 'take an exclusion back').action((config, trials, options) =>
  mark(config, trials, options, { excluded: null }, 'included'),
);

marking('star', 'mark trials as worth remembering')
  .option('--off', 'take the stars away')
  .action((config, trials, options) =>
    mark(config, trials, options, { starred: !options.off }, options.off ? 'no longer starred' : 'starred'),
  );

command('note', 'keep a note with a trial; no text takes it away')
  .argument('<trial>', 'its number', wholeNumber(0))
  .argument('[text...]', 'the note')
  .action((config, trial, text: string[], options) =>
    mark(
      config,
      [trial],
      options,
      { note: text.join(' ') || null },
      text.length > 0 ? 'noted' : 'without a note',
    ),
  );

command('tag', 'set the tags of a trial; none takes them away')
  .argument('<trial>', 'its number', wholeNumber(0))
  .argument('[tags...]', 'the tags')
  .action((config, trial, tags: string[], options) =>
    mark(config, [trial], options, { tags }, tags.length > 0 ? `tagged ${tags.join(', ')}` : 'without tags'),
  );

command('clean', 'remove checkpoints and other files of trials that need not be kept; the trials stay')
  .option('--keep <whose>', 'all, best, none or a number of the best (default: as `keep` in @sweep says)')
  .option('--logs', 'logs, too, where --keep is given')
  .option('--dry-run', 'only tell')
  .action(clean);

addStudiesCommands(program);

command('repair', 'mend the damaged journal of a study; a copy of it is kept')
  .option('--check', 'only look at every line, and fail where one is damaged')
  .action(repair);

command('apply', 'put the best values, or those of a trial, into the config')
  .option('--trial <n>', TRIAL_OR_BEST, wholeNumber(0))
  .option('--dry-run', 'print the change as a unified diff instead of making it')
  .action(apply);

program
  .command('install-native')
  .description('Install @tensorflow/tfjs-node into a folder and prove that it trains.')
  .requiredOption('--into <folder>', 'the folder; its node_modules is replaced')
  .option('--json', 'print one event per line for machines')
  .action(installNativeCommand);

/** Of what the system refuses (a full disk, a folder that may not be written) the stack says nothing more. */
const isOfTheSystem = (error: unknown): boolean =>
  error instanceof Error && ('syscall' in error || isOfTheSystem(error.cause));

// `sweetspot list … | head` reads no further, and a terminal may be closed: a study goes on to its orderly end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  } else if (error instanceof UsageError) {
    console.error(error.message);
    process.exitCode = error.exitCode;
  } else {
    console.error(isOfTheSystem(error) ? (error as Error).message : error);
    process.exitCode = ExitCode.failed;
  }
}
