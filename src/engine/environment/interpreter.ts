/**
 * Facts of what a command runs on and in: graphics processors, the interpreter's version and its installed packages. Asking
 * takes a while, so the answer is kept beside the studies and asked again only when the interpreter or a folder of packages
 * has changed.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TrainerSpec } from '../../core/annotation/annotated-config.js';
import type { JsonObject } from '../../core/json.js';
import { storeFolder } from '../../core/study/places.js';
import { writeWhole } from '../write-whole.js';
import { outputOf } from './command-output.js';
import { condaPackages } from './conda.js';
import { gpuFacts } from './gpu.js';
import { wordsOf } from './project.js';

const PYTHON = /(^|[\\/])python[\d.]*(\.exe)?$/i;
/** What finds the interpreter of a project: `poetry run python …`. */
const LAUNCHER = /(^|[\\/])(conda|hatch|mamba|micromamba|pdm|pipenv|pixi|poetry|rye|uv)(\.exe)?$/i;
const ASK_TIMEOUT = 10_000;

/** On one line: `conda run` takes no others. */
const WHERE =
  'import json, sys; print(sys.executable); print(sys.version.split()[0]); print(sys.prefix); print(json.dumps([path for path in sys.path if path]))';
/** Of packages that are there twice Python takes the first, and so does this; of those from a repository also the commit. */
const PACKAGES = `import json
from importlib.metadata import distributions
def version(package):
    origin = json.loads(package.read_text("direct_url.json") or "{}")
    commit = origin.get("vcs_info", {}).get("commit_id")
    return f"{package.version} {commit}" if commit else package.version
print(json.dumps({d.metadata["Name"].lower(): version(d) for d in reversed([*distributions()]) if d.metadata["Name"]}, sort_keys=True))`;

/** The JSON in what a program printed, which may be anything; undefined where there is none. */
function jsonIn(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

const changedAt = (folder: string): Promise<number> =>
  stat(folder).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );

/** @param words that start Python */
async function python(
  [program = '', ...args]: readonly string[],
  folder: string,
  cache: string,
): Promise<JsonObject | undefined> {
  const where = await outputOf(program, [...args, '-c', WHERE], folder, ASK_TIMEOUT);
  // The last lines: a site's start-up code may print, too.
  const [executable, version, prefix, path] = where?.trim().split(/\r?\n/).slice(-4) ?? [];
  const found = jsonIn(path);
  if (executable === undefined || version === undefined || prefix === undefined || !Array.isArray(found))
    return undefined;
  // More than one folder may hold packages: a user's own, a system's beside that of pip.
  const folders = await Promise.all(
    found.map(String).map(async (one) => [one, await changedAt(one)] as const),
  );
  const key = createHash('sha256')
    .update(JSON.stringify([executable, version, folders]))
    .digest('hex');
  const file = join(cache, `${key.slice(0, 16)}.json`);
  let packages = jsonIn(await readFile(file, 'utf8').catch(() => undefined));
  if (packages === undefined) {
    const text = await outputOf(executable, ['-c', PACKAGES], folder, ASK_TIMEOUT);
    packages = jsonIn(text?.trim().split(/\r?\n/).at(-1));
    if (packages !== undefined) {
      // Without the cache it is asked again next time.
      await mkdir(dirname(file), { recursive: true })
        .then(() => writeWhole(file, JSON.stringify(packages)))
        .catch(() => undefined);
    }
  }
  const interpreter = { kind: 'python', path: executable, version };
  const conda = await condaPackages(prefix);
  return {
    interpreter,
    ...(Object.keys(conda).length > 0 && { conda }),
    ...(packages !== undefined && { packages: packages as JsonObject }),
  };
}

/** Empty for trainers that run inside of us; of a program that is no interpreter we know, the processors alone. */
export async function interpreterFacts(configFile: string, trainer: TrainerSpec): Promise<JsonObject> {
  if (trainer.kind !== 'command') return {};
  const folder = dirname(configFile);
  // Our own trainers compute on none.
  const asking = gpuFacts(folder);
  const words = wordsOf(trainer.command);
  const at = words.findIndex((word) => PYTHON.test(word));
  if (at < 0) return asking;
  const [program = '', ...args] = words.slice(LAUNCHER.test(words[0] ?? '') ? 0 : at, at + 1);
  const path = /[\\/]/.test(program) && !/^([\\/]|\w:)/.test(program) ? join(folder, program) : program;
  const facts = await python([path, ...args], folder, join(storeFolder(configFile), 'environments'));
  return { ...(await asking), ...facts };
}
