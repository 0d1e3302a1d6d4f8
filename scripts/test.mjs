// `npm test`: everything that must hold, cheapest first; all stages run, and the last line counts what passed and
// failed. A stage that could not run, or ran no test, counts as failed.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));

/** How the closing lines of the test runners count. */
const VITEST = /^\s*Tests\s+(?:(?<failed>\d+) failed \| )?(?:(?<passed>\d+) passed)?/m;
const RUNNER = /^test:\w+: (?<passed>\d+) passed, (?<failed>\d+) failed/m;

/** Name, npm script, and how its output counts tests; without that, the stage itself is one. */
const STAGES = [
  { name: 'build', script: 'build' },
  { name: 'lint', script: 'lint' },
  { name: 'types', script: 'typecheck' },
  { name: 'Python for the tests', script: 'setup:python' },
  { name: 'unit, engine and page', script: 'test:unit', counts: VITEST },
  { name: 'in VS Code', script: 'test:extension', args: ['--', '--no-build'], counts: RUNNER },
  { name: 'clicking through VS Code', script: 'test:e2e', args: ['--', '--no-build'], counts: RUNNER },
];

/** Runs an npm script, showing its output, and returns its exit code and what it printed. */
function npm(script, args = []) {
  return new Promise((resolve) => {
    const command = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const child = spawn(command, ['run', '--silent', script, ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const [stream, target] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      stream.on('data', (chunk) => {
        output += chunk;
        target.write(chunk);
      });
    }
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

const results = [];
for (const { name, script, args, counts } of STAGES) {
  console.log(`\n── ${name} ──`);
  const started = Date.now();
  const { code, output } = await npm(script, args);
  results.push({ name, ...count(code, output, counts), seconds: (Date.now() - started) / 1000 });
  if (script === 'build' && code !== 0) break;
}

/** A failed exit code counts as a failure even where every test passed. */
function count(code, output, counts) {
  if (!counts) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 };
  const { passed = 0, failed = 0 } = counts.exec(stripVTControlCharacters(output))?.groups ?? {};
  return { passed: Number(passed), failed: Number(failed) || (code !== 0 || Number(passed) === 0 ? 1 : 0) };
}

console.log('');
for (const { name, passed, failed, seconds } of results) {
  console.log(`${failed ? '✗' : '✓'} ${name}: ${passed} passed, ${failed} failed, ${seconds.toFixed(0)} s`);
}
const sum = (key) => results.reduce((total, result) => total + result[key], 0);
console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
process.exit(sum('failed') === 0 && results.length === STAGES.length ? 0 : 1);
