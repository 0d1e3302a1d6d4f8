import { describe, expect, it } from 'vitest';
import type { ChartInput } from '../../webview-ui/src/charts/layouts/input.js';
import { layoutStudies, MOST_STUDIES } from '../../webview-ui/src/charts/layouts/studies.js';
import { drawnBy, inputOf as sampleInput } from '../webview/support/chart-input.js';
import { samplePeers } from '../webview/support/sample-peers.js';

const inputOf = (more: Partial<ChartInput> = {}): ChartInput =>
  sampleInput({ trials: 60 }, { peers: samplePeers, ...more });

describe('the comparison of studies', () => {
  it('gives each study a dash and a mark of its own, not a colour alone', () => {
    const { shapes } = layoutStudies(inputOf());
    const dashes = new Set<string>();
    const marks = new Set<string>();
    for (const shape of drawnBy({ shapes })) {
      if (shape.kind === 'path' && shape.width > 1) dashes.add(JSON.stringify(shape.dash ?? []));
      if (shape.kind === 'marks') marks.add(shape.shape);
    }
    expect([dashes.size, marks.size]).toEqual([5, 5]);
  });

  it('says in its legend what each reached', () => {
    const texts = layoutStudies(inputOf({ width: 1400 })).shapes.flatMap((shape) =>
      shape.kind === 'text' ? [shape.text] : [],
    );
    for (const { ref } of samplePeers) {
      expect(texts.some((text) => text.startsWith(`${ref.name}: `))).toBe(true);
    }
    expect(texts.some((text) => / \(this\): 0\.\d+ of 60 trials$/.test(text))).toBe(true);
  });

  it('names the leader, and gives trials to select of the study shown only', () => {
    const { description, targets } = layoutStudies(inputOf());
    const best = samplePeers.map(({ course }) => course.best.at(-1)!.value);
    const leader = samplePeers[best.indexOf(Math.min(...best))]!;
    expect(description).toContain('Comparison of 5 studies by val_loss');
    expect(description).toContain(`Best: ${leader.ref.name}.`);
    for (const target of targets) {
      if (target.trial !== undefined) expect(target.tip()[0]).toBe('iris');
    }
  });

  it('never draws more than can be told apart', () => {
    const many = [...samplePeers, ...samplePeers, ...samplePeers];
    const names = new Set(
      layoutStudies(inputOf({ peers: many }))
        .table()
        .rows.map(([name]) => name),
    );
    expect(layoutStudies(inputOf({ peers: many })).description).toContain(`of ${MOST_STUDIES} studies`);
    expect(names.size).toBeLessThanOrEqual(MOST_STUDIES);
  });

  it('stacks its plots where it is narrow, and scrolls', () => {
    const { height, frames } = layoutStudies(inputOf({ width: 280, height: 240 }));
    expect(height).toBeGreaterThan(400);
    expect(frames![0]!.box.left).toBeCloseTo(frames![1]!.box.left, -2);
    expect(frames![1]!.box.top).toBeGreaterThan(frames![0]!.box.top + frames![0]!.box.height);
  });

  it('is empty in words where nothing has completed', () => {
    const input = inputOf({ peers: [] });
    expect(layoutStudies({ ...input, all: [] }).empty).toBe('No trial of these studies has completed.');
  });
});
