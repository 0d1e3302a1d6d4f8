/** Other studies of the sample's config, and one of another, as the extension tells a page of them. */
import { courseOf } from '../../../src/core/analysis/course.js';
import { parseLine } from '../../../src/core/study/journal-line.js';
import { StudyReducer } from '../../../src/core/study/reduce.js';
import type { PeerStudy } from '../../../src/protocol/panel.js';
import { sampleJournal, sampleRef } from './sample-study.js';

function peer(name: string, trials: number, seed: number, configName = sampleRef.configName): PeerStudy {
  const reducer = new StudyReducer();
  for (const line of sampleJournal({ trials, seed })) {
    const parsed = parseLine(line.trimEnd());
    if (parsed.kind === 'record') reducer.apply(parsed.record);
  }
  const configFile = `/samples/${configName}`;
  const ref = { id: `/samples/.sweetspot/${configName}/${name}.jsonl`, name, configFile, configName };
  return { ref, course: courseOf(reducer.study) };
}

/** Three of the sample's own config, latest first, then one of another. */
export const samplePeers: readonly PeerStudy[] = [
  peer('iris-4', 90, 11),
  peer('iris-3', 40, 12),
  peer('iris-random-2', 120, 14),
  peer('wine', 60, 13, 'wine.yaml'),
];
