/** `sweetspot install-native`: tfjs-node into a folder, with its progress; Ctrl+C leaves the folder as it was. */
import { resolve } from 'node:path';
import { type InstallResult, installNative } from '../engine/tensorflow/install-native.js';
import { interruption } from './interrupt.js';
import { ExitCode } from './output.js';

interface Options {
  readonly into: string;
  readonly json?: boolean;
}

function say(result: InstallResult): void {
  switch (result.kind) {
    case 'installed': {
      const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`);
      console.log(`Installed in ${result.folder} and proven by a training step: ${versions.join(', ')}.`);
      return;
    }
    case 'failed':
      console.error([result.reason, ...result.remedies.map((remedy) => `  - ${remedy}`)].join('\n'));
      return;
    case 'cancelled':
      console.error('Cancelled; nothing was changed.');
      return;
    default:
      result satisfies never;
  }
}

const EXIT_CODES = {
  installed: ExitCode.ok,
  failed: ExitCode.failed,
  cancelled: ExitCode.interrupted,
} as const;

export async function installNativeCommand({ into, json = false }: Options): Promise<void> {
  const onProgress = (message: string): void => {
    if (json) console.log(JSON.stringify({ event: 'progress', message }));
    else console.error(message);
  };
  const result = await installNative(resolve(into), { signal: interruption(), onProgress });
  if (json) console.log(JSON.stringify({ event: 'end', ...result }));
  else say(result);
  process.exitCode = EXIT_CODES[result.kind];
}
