/** Where Optuna's own files lie, how a journal of its is opened, and every Python here that has Optuna. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { viewForeign } from '../../../src/core/exchange/foreign-study.js';
import { readOptunaJournal } from '../../../src/core/exchange/optuna-journal.js';
import { foreignOfOptuna } from '../../../src/core/exchange/optuna-study.js';
import type { Study } from '../../../src/core/study/trial.js';

export const FIXTURES = resolve(import.meta.dirname, '../../fixtures/optuna');

/** The first study in a journal's text, as we show it. */
export function reopened(journal: string): Study {
  const studies = readOptunaJournal(journal);
  if (typeof studies === 'string' || !studies[0]) throw new Error(String(studies));
  return viewForeign(foreignOfOptuna(studies[0])).study;
}

/** `SWEETSPOT_TEST_PYTHON` names one more. */
const pythons = [process.env.SWEETSPOT_TEST_PYTHON, 'python3', '/usr/bin/python3'].flatMap((program) => {
  if (program === undefined) return [];
  const said = spawnSync(program, ['-W', 'ignore', '-c', 'import optuna; print(optuna.__version__)'], {
    encoding: 'utf8',
  });
  return said.status === 0 ? [{ program, version: said.stdout.trim() }] : [];
});
/** One Python for each version of Optuna; empty where there is none. */
export const versions = [...new Map(pythons.map((python) => [python.version, python])).values()];

if (versions.length === 0) {
  console.warn(
    '\n  NOT TESTED: no Python here has Optuna. npm run setup:python, or name one in SWEETSPOT_TEST_PYTHON.\n',
  );
}
