import { describe, expect, it } from 'vitest';
import {
  journalFile,
  journalOwner,
  lockFile,
  studyNumber,
  studyStem,
  trialLog,
} from '../../src/core/study/places.js';

describe('the places of a study', () => {
  it('lie in .sweetspot beside the config', () => {
    const journal = journalFile('/home/a/iris.yaml', 'iris-2');
    expect(journal).toBe('/home/a/.sweetspot/iris.yaml/iris-2.jsonl');
    expect(lockFile(journal)).toBe('/home/a/.sweetspot/iris.yaml/iris-2.lock');
    expect(trialLog(journal, 7)).toBe('/home/a/.sweetspot/iris.yaml/iris-2/7/log.txt');
  });

  it('lead back to the config', () => {
    const owner = { configFile: 'C:\\a\\iris.yaml', study: 'iris' };
    expect(journalOwner(journalFile(owner.configFile, owner.study))).toEqual(owner);
    expect(journalOwner('/home/a/other/iris.yaml/iris.jsonl')).toBeUndefined();
    expect(journalOwner('/home/a/.sweetspot/iris.yaml/iris.lock')).toBeUndefined();
  });

  it('take their names from the file without its ending', () => {
    expect(studyStem('/a/iris.yaml')).toBe('iris');
    expect(studyStem('/a/.hidden')).toBe('.hidden');
  });

  it('are numbered in their order', () => {
    expect(['iris', 'iris-2', 'iris-10'].map((name) => studyNumber('/a/iris.yaml', name))).toEqual([
      1, 2, 10,
    ]);
    expect(['wide', 'iris-wide', 'iris2'].map((name) => studyNumber('/a/iris.yaml', name))).toEqual([
      0, 0, 0,
    ]);
  });
});
