/** Other studies of the sample's config, and one of another, as the extension tells a page of them. */
import { courseOf } from '../../../src/core/analysis/course.js';
import type { PeerStudy } from '../../../src/protocol/panel.js';
import { sampleStudy } from './chart-input.js';
import { sampleRef } from './sample-study.js';

function peer(name: string, trials: number, seed: number, configName = sampleRef.configName): PeerStudy {
  const configFile = `/samples/${configName}`;
  const ref = { id: `/samples/.sweetspot/${configName}/${name}.jsonl`, name, configFile, configName };
  return { ref, course: courseOf(sampleStudy({ trials, seed })) };
}

/** Three of the sample's own config, latest first, then one of another. */
export const samplePeers: readonly PeerStudy[] = [
  peer('iris-4', 90, 11),
  peer('iris-3', 40, 12),
  peer('iris-random-2', 120, 14),
  peer('wine', 60, 13, 'wine.yaml'),
];
