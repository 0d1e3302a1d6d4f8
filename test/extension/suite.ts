// Entry point that VS Code loads inside its extension host: runs the Mocha files named by the runner and writes what
// came of it to a file, since the host's exit code alone cannot be trusted.
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import * as vscode from 'vscode';

/** What `run.mjs` reads back. */
interface SuiteResult {
  readonly vscode: string;
  readonly passed: number;
  readonly failed: number;
  readonly pending: number;
  readonly failures: readonly { readonly title: string; readonly error: string }[];
}

/** Called by VS Code. Rejects when a test failed. */
export async function run(): Promise<void> {
  const files: unknown = JSON.parse(requiredVariable('SWEETSPOT_TEST_FILES'));
  if (!Array.isArray(files)) throw new Error('SWEETSPOT_TEST_FILES must be a list of file names.');
  const grep = process.env.SWEETSPOT_TEST_GREP;
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 60_000,
    slow: 5_000,
    color: false,
    forbidOnly: true,
    forbidPending: true,
  });
  if (grep) mocha.grep(grep);
  for (const file of files) mocha.addFile(String(file));
  const result = await runMocha(mocha);
  writeFileSync(requiredVariable('SWEETSPOT_TEST_RESULT'), JSON.stringify(result));
  if (result.failed > 0) throw new Error(`${result.failed} tests failed`);
}

function runMocha(mocha: Mocha): Promise<SuiteResult> {
  return new Promise((resolve) => {
    const failures: { title: string; error: string }[] = [];
    const runner = mocha.run((failed) => {
      const { passes = 0, pending = 0 } = runner.stats ?? {};
      resolve({ vscode: vscode.version, passed: passes, failed, pending, failures });
    });
    runner.on('fail', (test, error: Error) => {
      failures.push({ title: test.fullTitle(), error: error.stack ?? String(error) });
    });
  });
}

function requiredVariable(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start this suite with npm run test:extension.`);
  return value;
}
