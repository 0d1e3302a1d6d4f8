/** The commands about studies as a whole, as the command line knows them. */
import type { Command } from 'commander';
import { compare } from './compare.js';
import { archive, duplicate, merge, remove, rename, restore, studies } from './studies.js';

export function addStudiesCommands(program: Command): void {
  const command = (name: string, description: string): Command =>
    program.command(name).description(description).argument('<config>', 'the annotated config file');

  command('studies', 'list the studies of a config')
    .option('--archived', 'those that were put away, too')
    .option('--trash', 'those that were deleted and can be restored')
    .option('--json', 'print JSON')
    .action(studies);

  command('compare', 'show studies side by side')
    .argument('[studies...]', 'their names (default: all that are not archived)')
    .option('--json', 'print JSON')
    .action(compare);

  command('rename', 'give a study another name')
    .argument('<study>', 'its name')
    .argument('<name>', 'its new name')
    .action(rename);

  command('duplicate', 'copy a study with everything its trials left')
    .argument('<study>', 'its name')
    .argument('[name]', 'name of the copy')
    .action(duplicate);

  command('merge', 'begin a study with the trials of several; those stay as they are')
    .argument('<studies...>', 'their names')
    .option('--into <name>', 'name of the new study')
    .action(merge);

  command('archive', 'put studies away: out of the lists, and never continued by themselves')
    .argument('<studies...>', 'their names')
    .option('--off', 'take them back')
    .action((config: string, names: readonly string[], { off }: { readonly off?: boolean }) =>
      archive(config, names, !off),
    );

  command('delete', 'move studies to the trash beside them')
    .argument('<studies...>', 'their names')
    .option('--forever', 'remove them instead')
    .action(remove);

  command('restore', 'take a study back from the trash').argument('<study>', 'its name').action(restore);
}
