import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { random } from '../../src/core/random.js';
import { chooseView } from '../../src/core/samplers/gp/choose.js';
import { factorise, fitHyperparameters, type Hyperparameters } from '../../src/core/samplers/gp/fit.js';
import { matern, maternSlope, Points } from '../../src/core/samplers/gp/kernel.js';
import { cholesky } from '../../src/core/samplers/gp/matrix.js';
import { minimise } from '../../src/core/samplers/gp/minimise.js';
import { Model } from '../../src/core/samplers/gp/model.js';
import { Posterior } from '../../src/core/samplers/gp/posterior.js';
import { warp } from '../../src/core/samplers/gp/warp.js';
import { gpSampler } from '../../src/core/samplers/gp.js';
import {
  logImprovement,
  logNormalCdf,
  normalCdf,
  normalPdf,
  normalQuantile,
} from '../../src/core/samplers/normal.js';
import { sobol } from '../../src/core/samplers/qmc/sobol.js';
import { unitSpace } from '../../src/core/samplers/unit-space.js';
import type { Params, Space } from '../../src/core/space/parameter.js';
import { createStudy } from '../../src/core/study/ask-tell.js';
import type { Trial } from '../../src/core/study/trial.js';

const tree: Space = {
  x: { type: 'float', low: -2, high: 2 },
  n: { type: 'int', low: 1, high: 9 },
  kind: { type: 'categorical', choices: ['flat', 'deep'] },
  depth: { type: 'float', low: 0, high: 1, when: { param: 'kind', in: ['deep'] } },
  head: { type: 'categorical', choices: ['a', 'b', 'c'], when: { param: 'kind', in: ['deep'] } },
};

function randomRows(space: Space, count: number, seed = 1): Float64Array[] {
  const unit = unitSpace(space);
  const source = random(seed);
  return Array.from({ length: count }, () => {
    const x = Float64Array.from(unit.axes, ({ kind, size }) =>
      kind === 'category' ? source.int(size) : source.next(),
    );
    return unit.encode(unit.decode(x));
  });
}

describe('the normal distribution', () => {
  it('has the values of published tables, far into the tails', () => {
    expect(normalCdf(-1)).toBeCloseTo(0.158655253931457, 14);
    expect(normalCdf(-8) / 6.22096057427174e-16).toBeCloseTo(1, 9);
    expect(logNormalCdf(-40)).toBeCloseTo(-804.608442013754, 9);
    expect(normalQuantile(0.975)).toBeCloseTo(1.95996398454005, 12);
  });

  it('inverts its quantiles', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 1 - 1e-12, noNaN: true }), (p) => {
        expect(normalCdf(normalQuantile(p)) / p).toBeCloseTo(1, 9);
      }),
    );
  });

  it('has a finite logarithm of the expected improvement wherever one can ask, with its derivative', () => {
    expect(logImprovement(0).value).toBeCloseTo(Math.log(normalPdf(0)), 12);
    for (const z of [-1e6, -300, -30, -2.51, -2.49, -0.5, 1, 5, 300]) {
      const h = 1e-6 * Math.max(1, Math.abs(z));
      const numeric = (logImprovement(z + h).value - logImprovement(z - h).value) / (2 * h);
      expect(logImprovement(z).slope / numeric, `at ${z}`).toBeCloseTo(1, 4);
    }
  });
});

describe('the scrambled Sobol sequence', () => {
  it('puts one of the first 256 points into each of 256 intervals, in every dimension', () => {
    for (const dimension of [0, 1, 7, 40, 63, 64, 150]) {
      const cells = new Set(Array.from({ length: 256 }, (_, i) => Math.floor(sobol(i, dimension, 9) * 256)));
      expect(cells.size).toBe(256);
    }
  });

  it('puts one of the first 256 points into each of 16 × 16 squares', () => {
    const cells = Array.from(
      { length: 256 },
      (_, i) => `${Math.floor(sobol(i, 0, 4) * 16)} ${Math.floor(sobol(i, 1, 4) * 16)}`,
    );
    expect(new Set(cells).size).toBe(256);
  });
});

describe('a space as the model sees it', () => {
  it('gives back the values it was given, and marks what is inactive', () => {
    const unit = unitSpace(tree);
    const params: Params = { x: 0.5, n: 3, kind: 'deep', depth: 0.25, head: 'c' };
    expect(unit.decode(unit.encode(params))).toEqual(params);
    const flat = unit.encode({ x: 0.5, n: 3, kind: 'flat' });
    expect([...flat].map(Number.isNaN)).toEqual([false, false, false, true, true]);
  });

  it('decides conditions on coordinates as it does on values', () => {
    const space: Space = {
      layers: { type: 'int', low: 1, high: 3 },
      mode: { type: 'categorical', choices: ['p', 'q'] },
      second: { type: 'bool', when: { param: 'layers', in: [2, 3] } },
      third: {
        type: 'float',
        low: 0,
        high: 1,
        when: { and: [{ not: { param: 'layers', in: [1, 2] } }, { param: 'mode', notIn: ['q'] }] },
      },
    };
    const unit = unitSpace(space);
    const names = (layers: number, mode: number): string =>
      Object.keys(unit.decode(Float64Array.from([layers, mode, 0, 0.5]))).join(' ');
    expect(names(0.1, 0)).toBe('layers mode');
    expect(names(0.5, 0)).toBe('layers mode second');
    expect(names(0.9, 0)).toBe('layers mode second third');
    expect(names(0.9, 1)).toBe('layers mode second');
  });
});

describe('the covariance', () => {
  it('is positive definite on a space with choices and conditions, whatever the length-scales', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 5, maxLength: 5 }),
        (w) => {
          const n = 25;
          const pairs = new Points(unitSpace(tree).axes, randomRows(tree, n)).pairs();
          const k = new Float64Array(n * n);
          for (let i = 0, p = 0; i < n; i++) {
            k[i * n + i] = 1 + 1e-9;
            for (let j = 0; j < i; j++, p++) {
              k[i * n + j] = matern(pairs.reduce((s, d, axis) => s + (w[axis] ?? 1) * (d[p] ?? 0), 0));
            }
          }
          expect(cholesky(k, n)).toBe(true);
        },
      ),
    );
  });

  it('has the slope of its values', () => {
    for (const s of [0.01, 0.5, 3, 20]) {
      expect(maternSlope(s)).toBeCloseTo((matern(s + 1e-6) - matern(s - 1e-6)) / 2e-6, 6);
    }
  });
});

describe('the minimiser', () => {
  it('finds the minimum of the banana function, and of a bowl whose bottom lies outside the box', () => {
    const banana = (x: Float64Array, g: Float64Array): number => {
      const [a, b] = [x[0] as number, x[1] as number];
      g[0] = -400 * a * (b - a * a) - 2 * (1 - a);
      g[1] = 200 * (b - a * a);
      return 100 * (b - a * a) ** 2 + (1 - a) ** 2;
    };
    const box = {
      low: Float64Array.of(-2, -2),
      high: Float64Array.of(2, 2),
      evaluations: 200,
      tolerance: 1e-8,
    };
    const x = Float64Array.of(-1.2, 1);
    expect(minimise(banana, x, box)).toBeLessThan(1e-8);

    const bowl = (p: Float64Array, g: Float64Array): number => {
      g[0] = 2 * ((p[0] as number) - 5);
      g[1] = 2 * ((p[1] as number) + 1);
      return ((p[0] as number) - 5) ** 2 + ((p[1] as number) + 1) ** 2;
    };
    const y = Float64Array.of(0, 0);
    minimise(bowl, y, box);
    expect(y[0]).toBe(2);
    expect(y[1]).toBeCloseTo(-1, 6);
  });
});

describe('the posterior', () => {
  const unit = unitSpace(tree);
  const rows = randomRows(tree, 20, 3);
  const y = Float64Array.from(rows, (row) => Math.sin(3 * (row[0] as number)) + (row[2] as number) / 2);
  const points = new Points(unit.axes, rows);
  const hyper: Hyperparameters = { weights: new Float64Array(5).fill(1.5), signal: 1.3, noise: 1e-6 };
  const posterior = new Posterior(points, hyper, factorise(points, y, hyper));

  it('passes through the observations and is sure there, and unsure elsewhere', () => {
    rows.forEach((row, i) => {
      posterior.at(row);
      expect(posterior.mean).toBeCloseTo(y[i] as number, 3);
      expect(posterior.deviation).toBeLessThan(0.01);
    });
    posterior.at(Float64Array.of(0.987, 0.9, 1, 0.01, 2));
    expect(posterior.deviation).toBeGreaterThan(0.02);
  });

  it('has the gradient of its values, conditional parameters included', () => {
    const x = Float64Array.of(0.41, 0.5, 1, 0.33, 2);
    const f = (p: Float64Array): number => {
      posterior.at(p);
      return 2 * posterior.mean - 3 * posterior.deviation;
    };
    f(x);
    const gradient = new Float64Array(3);
    const axes = [0, 1, 3];
    posterior.gradient(x, axes, 2, -3, gradient);
    axes.forEach((j, i) => {
      const [up, down] = [x.slice(), x.slice()];
      up[j] = (x[j] as number) + 1e-5;
      down[j] = (x[j] as number) - 1e-5;
      expect(gradient[i]).toBeCloseTo((f(up) - f(down)) / 2e-5, 4);
    });
  });
});

describe('the expected improvement', () => {
  it('is replaced by a bound from above only where that falls short of what is asked for', () => {
    const unit = unitSpace(tree);
    const rows = randomRows(tree, 25, 8);
    const y = Float64Array.from(rows, (row) => Math.cos(5 * (row[0] as number)) - (row[2] as number));
    const hyper: Hyperparameters = { weights: new Float64Array(5).fill(2), signal: 1, noise: 0.01 };
    const model = new Model(unit.axes, rows, y, [], hyper);
    let bounds = 0;
    for (const x of randomRows(tree, 200, 9)) {
      const exact = model.improvement(x);
      const said = model.improvement(x, -3);
      if (said === exact) continue;
      bounds++;
      expect(said).toBeLessThanOrEqual(-3);
      expect(said).toBeGreaterThanOrEqual(exact - 1e-9);
    }
    expect(bounds).toBeGreaterThan(20);
  });

  it('has the gradient of its values, beside a trial, too', () => {
    const rows = randomRows(tree, 25, 8);
    const y = Float64Array.from(rows, (row) => Math.cos(5 * (row[0] as number)) - (row[2] as number));
    const hyper: Hyperparameters = { weights: new Float64Array(5).fill(2), signal: 1, noise: 0.3 };
    const model = new Model(unitSpace(tree).axes, rows, y, [], hyper);
    for (const row of rows) {
      const x = row.slice();
      x[0] = Math.min(0.999, (row[0] as number) + 0.01);
      model.improvement(x);
      const gradient = new Float64Array(1);
      model.gradient(x, [0], gradient);
      const [up, down] = [x.slice(), x.slice()];
      up[0] = (x[0] as number) + 1e-6;
      down[0] = (x[0] as number) - 1e-6;
      const slope = (model.improvement(up) - model.improvement(down)) / 2e-6;
      expect(Math.abs((gradient[0] as number) - slope)).toBeLessThan(1e-3 * Math.max(1, Math.abs(slope)));
    }
  });
});

describe('the fit', () => {
  it('finds which parameter matters', () => {
    const space: Space = {
      matters: { type: 'float', low: 0, high: 1 },
      idle: { type: 'float', low: 0, high: 1 },
    };
    const rows = randomRows(space, 40, 5);
    const { y } = warp(rows.map((row) => Math.sin(6 * (row[0] as number))));
    const { weights, noise } = fitHyperparameters(new Points(unitSpace(space).axes, rows), y, 2, 60);
    expect(weights[0]).toBeGreaterThan(5 * (weights[1] as number));
    expect(noise).toBeLessThan(0.01);
  });
});

describe('the warping of results', () => {
  it('keeps the order of all and the proportions of the good half, and squashes the bad half', () => {
    const values = [1, 2, 3, 4, 5, 6, 50, 1e9, 1e12];
    const { y, invert } = warp(values);
    expect([...y]).toEqual([...y].sort((a, b) => a - b));
    const step = (y[1] as number) - (y[0] as number);
    expect((y[3] as number) - (y[2] as number)).toBeCloseTo(step, 10);
    expect(Math.max(...y)).toBeLessThan(4);
    expect(invert(y[2] as number)).toBeCloseTo(3, 6);
  });
});

describe('the choice between squashing the bad half of the results and leaving it alone', () => {
  const space: Space = { x: { type: 'float', low: -1, high: 1 }, y: { type: 'float', low: -1, high: 1 } };
  const rows = randomRows(space, 30, 3);
  const points = new Points(unitSpace(space).axes, rows);
  const tailOf = (f: (x: number, y: number) => number): string =>
    chooseView(
      points,
      rows.map(([x = 0, y = 0]) => f(x, y)),
      2,
      40,
    ).tail;

  it('squashes where trainings that diverge hide the differences among the others', () => {
    expect(tailOf((x, y) => Math.sin(4 * x) + y + (x + y > 1.2 ? 1e6 * x : 0))).toBe('squashed');
  });

  it('leaves alone where good and bad are of one smooth shape', () => {
    expect(tailOf((x, y) => (x - 0.4) ** 2 + (y - 0.7) ** 2)).toBe('plain');
  });

  it('leaves alone where a search has closed in and sees little but noise', () => {
    const tailsFound = Array.from({ length: 20 }, (_, draw) => {
      const source = random('closed in', draw);
      const found = Array.from({ length: 60 }, (_, i) =>
        Float64Array.from([0, 1], () => 0.5 + (i < 48 ? 0.15 : 1) * (source.next() - 0.5)),
      );
      const values = found.map(
        ([x = 0, y = 0]) => 4 * (x - 0.5) ** 2 + 4 * (y - 0.5) ** 2 + 0.3 * normalQuantile(source.next()),
      );
      return chooseView(new Points(unitSpace(space).axes, found), values, 2, 40).tail;
    });
    expect(tailsFound.filter((tail) => tail === 'plain').length).toBeGreaterThan(16);
  });
});

describe('the choice between noise and a rugged function', () => {
  const space: Space = { x: { type: 'float', low: 0, high: 1 }, y: { type: 'float', low: 0, high: 1 } };
  /** The noise found where a search had half of its trials near one place. */
  const noiseOf = (draw: number, f: (x: number, y: number, gauss: () => number) => number): number => {
    const source = random('rugged', draw);
    const gauss = (): number => normalQuantile(source.next());
    const rows = Array.from({ length: 40 }, (_, i) =>
      Float64Array.from([0.3, 0.6], (centre) =>
        i < 20 ? source.next() : Math.min(1, Math.max(0, centre + 0.02 * gauss())),
      ),
    );
    const values = rows.map(([x = 0, y = 0]) => f(x, y, gauss));
    return chooseView(new Points(unitSpace(space).axes, rows), values, 2, 40).hyper.noise;
  };
  const draws = Array.from({ length: 10 }, (_, draw) => draw);

  it('takes many valleys for what they are', () => {
    const valley = (x: number): number => 8 * (x - 0.3) ** 2 - Math.cos(20 * Math.PI * (x - 0.3));
    const noises = draws.map((draw) => noiseOf(draw, (x, y) => valley(x) + valley(y)));
    expect(noises.filter((noise) => noise < 1e-3).length).toBeGreaterThan(8);
  });

  it('takes noise for what it is', () => {
    const noises = draws.map((draw) =>
      noiseOf(draw, (x, y, gauss) => (x - 0.3) ** 2 + (y - 0.6) ** 2 + 0.1 * gauss()),
    );
    expect(noises.filter((noise) => noise > 0.05).length).toBeGreaterThan(8);
  });
});

describe('the Gaussian process sampler and noise', () => {
  it('measures nothing again that it has measured', () => {
    const space: Space = { x: { type: 'float', low: 0, high: 1 }, y: { type: 'float', low: 0, high: 1 } };
    const source = random('noisy bowl');
    const trials: Trial[] = [];
    for (let number = 0; number < 40; number++) {
      const suggestion = gpSampler.ask({ space, directions: ['minimize'], trials, seed: 1, number });
      if (suggestion === 'exhausted') throw new Error('a continuous space has no end');
      const { params } = suggestion;
      const [x, y] = [params.x as number, params.y as number];
      const again = trials.filter(
        ({ params: p }) => Math.max(Math.abs((p.x as number) - x), Math.abs((p.y as number) - y)) < 1e-3,
      );
      expect(again, `trial ${number}`).toEqual([]);
      const value = x + (y - 0.3) ** 2 + 0.2 * normalQuantile(source.next());
      trials.push({
        ...{ id: number, number, state: 'complete', params, reports: [], attributes: {} },
        ...{ objectives: [value], values: { value } },
      });
    }
  });
});

describe('the Gaussian process sampler', () => {
  const bowl = (p: Params): number =>
    ((p.x as number) - 0.3) ** 2 + ((p.y as number) + 0.6) ** 2 + (p.c === 'good' ? 0 : 0.5);
  const space: Space = {
    x: { type: 'float', low: -1, high: 1 },
    y: { type: 'float', low: -1, high: 1 },
    c: { type: 'categorical', choices: ['bad', 'good', 'ugly'] },
  };

  it('is within a thousandth of the minimum of a bowl after 30 trials', async () => {
    for (let seed = 0; seed < 5; seed++) {
      const study = createStudy({ space, sampler: 'gp', seed });
      for (let i = 0; i < 30; i++) {
        const trial = await study.ask();
        await study.tell(trial.number, bowl(trial.params));
      }
      expect(study.best?.objectives?.[0]).toBeLessThan(1e-3);
    }
  });

  it('maximises where that is the direction', async () => {
    const study = createStudy({ space, sampler: 'gp', directions: ['maximize'], seed: 1 });
    for (let i = 0; i < 30; i++) {
      const trial = await study.ask();
      await study.tell(trial.number, 100 - bowl(trial.params));
    }
    expect(study.best?.objectives?.[0]).toBeGreaterThan(99.99);
  });

  it('says what it predicts and how much it expects to gain', async () => {
    const study = createStudy({ space, sampler: 'gp' });
    for (let i = 0; i < 9; i++) {
      const trial = await study.ask();
      await study.tell(trial.number, bowl(trial.params));
    }
    expect(study.trials[0]?.suggestion?.reason).toBe(
      'spread evenly: 0 of the 4 results that the model needs are in',
    );
    expect(study.trials[8]?.suggestion?.reason).toMatch(
      /^the model predicts -?[\d.e-]+ ± [\d.e-]+; expected improvement [\d.e-]+ over -?[\d.e-]+$/,
    );
  });

  it('spreads out points that are asked for at once', async () => {
    const study = createStudy({ space, sampler: 'gp', seed: 2 });
    for (let i = 0; i < 7; i++) {
      const trial = await study.ask();
      await study.tell(trial.number, bowl(trial.params));
    }
    const asked = [await study.ask(), await study.ask(), await study.ask(), await study.ask()];
    const places = asked.map(({ params }) => [params.x as number, params.y as number]);
    places.forEach(([x = 0, y = 0], i) => {
      for (const [u = 0, v = 0] of places.slice(0, i)) expect(Math.hypot(x - u, y - v)).toBeGreaterThan(0.01);
    });
  });

  it('stays away from where trials fail', async () => {
    const study = createStudy({ space, sampler: 'gp', seed: 4 });
    let failures = 0;
    for (let i = 0; i < 40; i++) {
      const trial = await study.ask();
      // The minimum lies at the border of the part that fails.
      const fails = (trial.params.x as number) > 0.4;
      if (fails && i >= 20) failures++;
      if (fails) await study.tell(trial.number, undefined, 'failed');
      else await study.tell(trial.number, bowl(trial.params));
    }
    expect(failures).toBeLessThan(6);
    expect(study.best?.objectives?.[0]).toBeLessThan(0.01);
  });

  it('suggests the same whether or not it was asked before', () => {
    const trials: Trial[] = [];
    const ask = (copy: readonly Trial[], fresh: Space) =>
      gpSampler.ask({ space: fresh, directions: ['minimize'], trials: copy, seed: 3, number: copy.length });
    for (let number = 0; number < 45; number++) {
      const suggestion = ask(trials, space);
      if (suggestion === 'exhausted') throw new Error('a real interval has no end');
      const { params } = suggestion;
      trials.push({
        id: number,
        number,
        state: 'complete',
        params,
        objectives: [bowl(params)],
        values: {},
        reports: [],
        attributes: {},
      });
    }
    const again = structuredClone(trials);
    expect(ask(again, structuredClone(space))).toEqual(ask(trials, space));
  });
});
