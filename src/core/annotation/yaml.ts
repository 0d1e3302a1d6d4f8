/**
 * Reads an annotated YAML file: the `@sweep` block, every `@tune`, and the search space they make together. It reads
 * text and nothing else; whether files that the settings name exist is for others to see.
 */
import type { Json } from '../json.js';
import { findCycle } from '../space/condition.js';
import type { Parameter, Space } from '../space/parameter.js';
import type { ParsedConfig, SweepSettings, TunedValue } from './annotated-config.js';
import { resolveCondition } from './conditions.js';
import { checkConstraints } from './constraint-checks.js';
import { type Constraints, readConstraints } from './constraints.js';
import { Diagnostics, SourceText } from './diagnostics.js';
import { formatPath, samePath, valueAtPath } from './paths.js';
import { readSweepBlock, sentence } from './sweep-block.js';
import { type Annotated, annotationIn, readAnnotation, warnOfCapitals } from './tune.js';
import { checkTunedLoss } from './tuned-loss.js';
import { scanYaml, type YamlScan } from './yaml-scan.js';

/**
 * Never throws: what is wrong with the text is in `diagnostics`, in the order of the text. `config` is there when none
 * of them is an error. A text without annotations gives no config and no diagnostics.
 */
export function parseConfig(text: string): ParsedConfig {
  if (!text.includes('@sweep') && !text.includes('@tune')) return { tuned: [], diagnostics: [] };
  const source = new SourceText(text);
  const diagnostics = new Diagnostics(source);
  const scan = scanYaml(source);
  const block = readSweepBlock(scan.comments, diagnostics);
  const others = scan.comments.filter(({ line }) => !block?.lines.has(line));
  const marks = others.map((comment) => ({ comment, at: annotationIn(comment) })).filter(({ at }) => at >= 0);
  const [first] = marks;
  if (!block && !first) return { tuned: [], diagnostics: [] };
  for (const comment of others) warnOfCapitals(comment, diagnostics);

  // Where the YAML itself is broken, what the annotations seem to say is of use, and complaints about them are not.
  const about = scan.error ? new Diagnostics(source) : diagnostics;
  const annotated = marks.flatMap(({ comment, at }) => readAnnotation(comment, at, scan, about) ?? []);
  checkNames(annotated, scan.data, about);
  const tuned = annotated.flatMap((one) => toTuned(one, annotated, scan.data, about) ?? []);
  const space: Space = Object.fromEntries(tuned.map(({ name, parameter }) => [name, parameter]));
  checkCycles(space, tuned, about);

  const constraints = readConstraints(
    block?.constraints ?? [],
    {
      tuned: annotated,
      data: scan.data,
    },
    (block?.settings?.objectives ?? []).map(({ metric }) => metric),
    about,
  );
  if (!about.hasErrors) checkConstraints(constraints, space, tuned, about);
  if (block?.settings) checkTunedLoss(block.settings, tuned, about);

  reportFile(scan, diagnostics);
  if (!block && first)
    diagnostics.error(
      'tune-without-sweep',
      'The file has no @sweep. Add a comment `# @sweep` with a line `#   metric: val_loss` below it.',
      first.comment.start + first.at,
      first.comment.start + first.at + '@tune'.length,
    );
  if (block && !first)
    diagnostics.error(
      'nothing-tuned',
      'Nothing in this file is marked for tuning. Add a comment such as `# @tune float(0, 1)` behind a value.',
      ...block.word,
    );

  const result = { tuned, diagnostics: diagnostics.list(), ...(block && { sweepRange: block.range }) };
  if (!block?.settings || diagnostics.hasErrors) return result;
  const baseline: Readonly<Record<string, Json>> = Object.fromEntries(
    tuned.map(({ name, value }) => [name, value]),
  );
  const config = {
    sweepRange: block.range,
    sweep: { ...block.settings, ...settingsOf(constraints) },
    tuned,
    space,
    baseline,
    data: scan.data,
  };
  return { ...result, config };
}

/** As settings hold them: what is not there is left out. */
function settingsOf({
  constraints,
  outcomeConstraints,
}: Constraints): Pick<SweepSettings, 'constraints' | 'outcomeConstraints'> {
  const plain = constraints.map(({ text, expression }) => ({ text, expression }));
  return {
    ...(plain.length > 0 && { constraints: plain }),
    ...(outcomeConstraints.length > 0 && { outcomeConstraints }),
  };
}

function reportFile({ error, secondDocument }: YamlScan, diagnostics: Diagnostics): void {
  if (error)
    diagnostics.error(
      'yaml-syntax',
      `This is not valid YAML: ${sentence(error.message)} Correct it, and the annotations can be read.`,
      error.start,
      error.end,
    );
  if (secondDocument !== undefined)
    diagnostics.error(
      'several-documents',
      'A second YAML document begins here, and a sweep tunes one. Move it to a file of its own.',
      secondDocument,
      secondDocument + '---'.length,
    );
}

function checkNames(annotated: readonly Annotated[], data: Json, diagnostics: Diagnostics): void {
  annotated.forEach((one, at) => {
    if (!one.as) return;
    const { name, as } = one;
    const other = annotated.find((two, place) => two.name === name && (two.as ? place < at : place !== at));
    if (other)
      diagnostics.error(
        'duplicate-name',
        `The name \`${name}\` is taken by \`${formatPath(other.path)}\`. Choose another after \`as\`.`,
        as.start,
        as.end,
      );
    else if (!samePath(one.path, [name]) && valueAtPath(data, [name]) !== undefined)
      diagnostics.error(
        'duplicate-name',
        `The name \`${name}\` already stands for a value at the top of this file. Choose another after \`as\`.`,
        as.start,
        as.end,
      );
  });
}

function toTuned(
  one: Annotated,
  annotated: readonly Annotated[],
  data: Json,
  diagnostics: Diagnostics,
): TunedValue | undefined {
  const when = one.when && resolveCondition(one.when, one.start, { tuned: annotated, data }, diagnostics);
  if (!one.distribution || !one.value || when === undefined) return undefined;
  const name = one.name;
  if (when === false)
    diagnostics.warning(
      'never-active',
      `\`${name}\` never takes part: the rest of this file decides that its condition is false.`,
      one.start,
      one.end,
    );
  const { start, end, value } = one.value;
  const parameter: Parameter = {
    ...one.distribution,
    ...(when === false ? { when: { or: [] } } : when !== null && when !== true && { when }),
  };
  return {
    name,
    path: formatPath(one.path),
    parameter,
    value,
    valueRange: diagnostics.source.range(start, end),
    annotationRange: diagnostics.source.range(one.start, one.end),
  };
}

function checkCycles(space: Space, tuned: readonly TunedValue[], diagnostics: Diagnostics): void {
  const cycle = findCycle(space);
  const first = cycle && tuned.find(({ name }) => name === cycle[0]);
  if (!cycle || !first) return;
  const { start, end } = first.annotationRange;
  const circle = [...cycle, cycle[0]].map((name) => `\`${name}\``).join(' waits for ');
  diagnostics.error(
    'circular-condition',
    `The conditions go round in a circle: ${circle}. Take one of them out.`,
    start,
    end,
  );
}
