// Started beside every process that the harness owns (`node guard.mjs <mark> <group>`): when its input ends without
// the word "done", the program that owned it was killed, and everything it started is ended. Uses no library.
import { endGroupNow, endMarked } from './processes.mjs';

const [mark, group] = process.argv.slice(2);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

let said = '';
process.stdin.on('data', (chunk) => {
  said += chunk;
});
process.stdin.on('close', async () => {
  if (said.trim() === 'done') return process.exit(0);
  endGroupNow(Number(group));
  await endMarked(mark);
  process.exit(0);
});
