/** Constraints of the library, whose names are those of its space: no file is around them. */
import { allowance, type Constraint } from '../space/constraint.js';
import { feasiblePoint } from '../space/feasible.js';
import type { Space } from '../space/parameter.js';
import { readConstraints } from './constraints.js';
import { Diagnostics, SourceText } from './diagnostics.js';
import { parsePath } from './paths.js';

function parseOne(
  text: string,
  space: Space,
  kind: 'constraints' | 'outcomeConstraints',
  otherwise: string,
): Constraint {
  const tuned = Object.entries(space).map(([name, distribution]) => ({
    name,
    path: parsePath(name),
    distribution,
  }));
  const diagnostics = new Diagnostics(new SourceText(text));
  const written = { text, start: 0, end: text.length };
  const [read] = readConstraints([written], { tuned, data: null }, [], diagnostics)[kind];
  if (read) return { text: read.text, expression: read.expression };
  const [problem] = diagnostics.list();
  throw new Error(`The constraint "${text}": ${problem?.message ?? otherwise}`);
}

/** @throws Error when a text is not a constraint on parameters of the space, or nothing that they allow can be found. */
export function parseConstraints(texts: readonly string[], space: Space): readonly Constraint[] {
  const constraints = texts.map((text) =>
    parseOne(text, space, 'constraints', 'it names no parameter of the space'),
  );
  const allows = allowance(constraints);
  if (allows && feasiblePoint(space, allows) === undefined) {
    throw new Error('No point of the space was found that the constraints allow. Loosen them.');
  }
  return constraints;
}

/** @throws Error when a text is not a constraint on metrics alone. */
export const parseOutcomeConstraints = (texts: readonly string[], space: Space): readonly Constraint[] =>
  texts.map((text) =>
    parseOne(text, space, 'outcomeConstraints', 'it speaks of parameters; write it under `constraints`'),
  );
