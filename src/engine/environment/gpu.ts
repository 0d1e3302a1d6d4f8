/** Facts of the graphics processors that a command may compute on, as NVIDIA's and AMD's own tools tell them. */
import type { Json } from '../../core/json.js';
import { outputOf } from './command-output.js';

const ASK_TIMEOUT = 5_000;

/** One entry per processor of NVIDIA's: model, driver, memory. Other tools are asked where there is none. */
function nvidiaGpus(csv: string): readonly Json[] {
  return csv
    .trim()
    .split(/\r?\n/)
    .flatMap((line) => {
      const [name, driver, memory] = line.split(',').map((part) => part.trim());
      if (!name || driver === undefined || memory === undefined) return [];
      return [{ name, driver, memory }];
    });
}

/** `Card series` and driver of each card in the JSON of `rocm-smi`. */
function amdGpus(json: string): readonly Json[] {
  try {
    const cards = JSON.parse(json) as Readonly<Record<string, Readonly<Record<string, string>>>>;
    const driver = cards.system?.['Driver version'];
    return Object.entries(cards)
      .filter(([card]) => /^card\d+$/.test(card))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, facts]) => ({
        name: facts['Card Series'] ?? facts['Card series'] ?? facts['Card model'] ?? 'unknown',
        ...(driver !== undefined && { driver }),
      }));
  } catch {
    return [];
  }
}

/** Empty where there is no such processor, or no tool that tells. */
export async function gpuFacts(folder: string): Promise<{ readonly gpu?: Json }> {
  const nvidia = await outputOf(
    'nvidia-smi',
    ['--query-gpu=name,driver_version,memory.total', '--format=csv,noheader'],
    folder,
    ASK_TIMEOUT,
  );
  const found =
    nvidia !== undefined
      ? nvidiaGpus(nvidia)
      : amdGpus(
          (await outputOf(
            'rocm-smi',
            ['--showproductname', '--showdriverversion', '--json'],
            folder,
            ASK_TIMEOUT,
          )) ?? '',
        );
  return found.length > 0 ? { gpu: found } : {};
}
