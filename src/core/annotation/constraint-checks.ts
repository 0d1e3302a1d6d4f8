/**
 * Whether constraints can be lived with: the file's own values have to keep them, since the search starts there, and
 * some points of the space should.
 */
import { activeParameters } from '../space/condition.js';
import { allowance, brokenConstraint } from '../space/constraint.js';
import { expressionNames } from '../space/expression.js';
import { feasiblePoint } from '../space/feasible.js';
import type { Space } from '../space/parameter.js';
import type { TunedValue } from './annotated-config.js';
import type { Constraints } from './constraints.js';
import type { Diagnostics } from './diagnostics.js';
import { PLAIN_STYLE, printValue } from './print-value.js';

/** Reports what is wrong, at the constraint that is to blame. */
export function checkConstraints(
  { constraints }: Constraints,
  space: Space,
  tuned: readonly TunedValue[],
  diagnostics: Diagnostics,
): void {
  if (constraints.length === 0) return;
  const own = Object.fromEntries(tuned.map(({ name, value }) => [name, value]));
  const params = Object.fromEntries(
    activeParameters(space, own).map((name) => [name, own[name] as (typeof own)[string]]),
  );
  let broken = false;
  for (const constraint of constraints) {
    if (!brokenConstraint([constraint], params)) continue;
    broken = true;
    const values = expressionNames(constraint.expression)
      .map((name) => `\`${name}\` is ${name in params ? show(params[name] ?? null) : 'not in use'}`)
      .join(', ');
    const impossible = feasiblePoint(space, allowance([constraint]) ?? (() => true)) === undefined;
    diagnostics.error(
      'constraint-broken',
      `The values of this file break \`${constraint.text}\`: ${values}. ${
        impossible
          ? 'No other point of the space was found that keeps it, either. Correct the constraint.'
          : 'Change them or the constraint: the search starts from them.'
      }`,
      constraint.at.start,
      constraint.at.end,
    );
  }
  const allows = allowance(constraints);
  const [first] = constraints;
  if (broken || !allows || !first || feasiblePoint(space, allows) !== undefined) return;
  diagnostics.warning(
    'tight-constraints',
    'Of 5000 points drawn from the space none is allowed. The search can try little but neighbours of the values in this file: loosen the constraints, or tune fewer of the parameters they name.',
    first.at.start,
    first.at.end,
  );
}

const show = (value: TunedValue['value']): string => printValue(value, PLAIN_STYLE);
