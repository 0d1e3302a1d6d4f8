import { describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import { drawUniform } from '../../src/core/samplers/novelty.js';
import { samplers } from '../../src/core/samplers/registry.js';
import { Forest } from '../../src/core/samplers/rf/forest.js';
import { unitSpace } from '../../src/core/samplers/unit-space.js';
import type { Params, Space } from '../../src/core/space/parameter.js';
import type { Trial } from '../../src/core/study/trial.js';

const space: Space = {
  kind: { type: 'categorical', choices: ['linear', 'net', 'tree'] },
  depth: { type: 'int', low: 1, high: 20, when: { param: 'kind', in: ['tree'] } },
  rate: { type: 'float', low: 1e-4, high: 1, log: true },
};
const loss = ({ kind, depth, rate }: Params): number =>
  (kind === 'tree' ? Math.abs((depth as number) - 12) / 20 : 1) + (Math.log10(rate as number) + 2) ** 2 / 4;

describe('the random forest', () => {
  const unit = unitSpace(space);
  const source = random('forest');
  const points = Array.from({ length: 300 }, () => drawUniform(space, source));
  const rows = points.map(unit.encode);
  const forest = new Forest(unit.axes, rows, Float64Array.from(points, loss), source);
  const predict = (params: Params) => forest.predict(unit.encode(params));

  it('predicts points it has not seen, inactive parameters and choices included', () => {
    for (let k = 0; k < 40; k++) {
      const params = drawUniform(space, source);
      expect(Math.abs(predict(params).mean - loss(params))).toBeLessThan(0.5);
    }
  });

  it('knows that results of one point scatter, not only that trees differ', () => {
    const one = rows.map(() => rows[0] as Float64Array);
    const scattered = new Forest(
      unit.axes,
      one,
      Float64Array.from(one, (_, i) => i % 2),
      source,
    );
    expect(scattered.predict(rows[0] as Float64Array).variance).toBeCloseTo(0.25, 1);
  });

  it('says of a constant that it is one', () => {
    const flat = new Forest(unit.axes, rows, new Float64Array(rows.length).fill(3), source);
    const { mean, variance } = flat.predict(rows[0] as Float64Array);
    expect(mean).toBeCloseTo(3, 12);
    expect(variance).toBeLessThan(1e-12);
  });
});

describe('the rf sampler', () => {
  it('finds the best branch of a conditional space and tunes it', () => {
    const trials: Trial[] = [];
    for (let number = 0; number < 60; number++) {
      const suggestion = samplers.rf.ask({ space, directions: ['minimize'], trials, seed: 3, number });
      if (suggestion === 'exhausted') throw new Error('exhausted');
      const { params, prediction } = suggestion;
      if (prediction) {
        expect(prediction.deviation).toBeGreaterThan(0);
        expect(prediction.improvement).toBeGreaterThanOrEqual(0);
        expect(prediction.nearest.every((near) => near < number)).toBe(true);
      }
      trials.push({
        id: number,
        number,
        state: 'complete',
        params,
        objectives: [loss(params)],
        values: {},
        reports: [],
        attributes: {},
      });
    }
    expect(trials.some((trial) => loss(trial.params) < 0.05)).toBe(true);
  });
});
