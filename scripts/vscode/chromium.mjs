// A Chromium to show VS Code's web workbench in: the one of CHROMIUM, else one of the system, else one that ships
// inside an npm tarball (Linux x64) and needs no system package. Not for downloads from anywhere else.
import { execFile } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { createBrotliDecompress } from 'node:zlib';
import { extract } from 'tar';
import { CACHE, installOnce, unpackPackage } from './on-demand.mjs';

const run = promisify(execFile);

/** Headless Chromium 147. */
const PACKAGE = {
  name: '@sparticuz/chromium',
  version: '147.0.0',
  integrity: '4ZKeAQQa8up2mt675qSitztLdbQrlf8BKdC5naeap+5Mv1OV1OlJdPoU+EJC/p5sQUJUQmN4r+q5+EhaaOUHpQ==',
};

/** Older ones lack what VS Code's workbench uses. */
const OLDEST_MAJOR = 130;

const FONT_CONFIGURATION = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="relative">cache</cachedir>
</fontconfig>
`;

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'];

/**
 * @typedef {{ executablePath: string, env: NodeJS.ProcessEnv }} Chromium `env`: what it must be started with
 */

/** @returns {Promise<Chromium>} */
export async function findChromium() {
  const given = process.env.CHROMIUM;
  if (given) {
    if (!existsSync(given)) throw new Error(`CHROMIUM names ${given}, which does not exist.`);
    return { executablePath: given, env: process.env };
  }
  for (const executablePath of systemBrowsers()) {
    if (await isUsable(executablePath)) return { executablePath, env: process.env };
  }
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error('No Chromium, Chrome or Edge was found. Install one, or set CHROMIUM to its path.');
  }
  return packagedChromium();
}

function systemBrowsers() {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => NAMES.map((name) => join(folder, name)));
  const wellKnown = {
    darwin: ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
      (app) => `/Applications/${app}.app/Contents/MacOS/${app}`,
    ),
    win32: [process.env.ProgramFiles, process.env['ProgramFiles(x86)']].flatMap((folder) =>
      folder === undefined
        ? []
        : [
            join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
            join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
          ],
    ),
  };
  return [...(wellKnown[process.platform] ?? []), ...onPath].filter((path) => existsSync(path));
}

/** Asked for its version: on some systems `chromium-browser` is a stub that only tells how to install one. */
async function isUsable(executablePath) {
  // On Windows a browser opens a window instead of printing its version.
  if (process.platform === 'win32') return true;
  const answer = await run(executablePath, ['--version'], { timeout: 20_000 }).catch(() => undefined);
  return Number(/(\d+)\.\d+/.exec(answer?.stdout ?? '')?.[1] ?? 0) >= OLDEST_MAJOR;
}

/**
 * The same browser with the same font on every machine, whatever that machine has: for pictures that are compared.
 * Linux x64 only.
 * @returns {Promise<Chromium>}
 */
export async function pinnedChromium() {
  const { executablePath, env } = await packagedChromium();
  const fonts = join(dirname(executablePath), 'fonts');
  const file = join(CACHE, 'pinned-fonts.conf');
  await writeFile(
    file,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${fonts}</dir><cachedir>${join(CACHE, 'pinned-fonts')}</cachedir></fontconfig>
`,
  );
  return { executablePath, env: { ...env, FONTCONFIG_FILE: file } };
}

/** @returns {Promise<Chromium>} */
async function packagedChromium() {
  const folder = await installOnce({
    folder: join(CACHE, 'chromium'),
    title: `headless Chromium ${PACKAGE.version}`,
    stamp: { PACKAGE, FONT_CONFIGURATION },
    build: async (folder) => {
      const pack = join(folder, 'package');
      await unpackPackage(PACKAGE, pack, (path) => /^(LICENSE$|bin\/)/.test(path));
      await Promise.all([
        pipeline(
          createReadStream(join(pack, 'bin', 'chromium.br')),
          createBrotliDecompress(),
          createWriteStream(join(folder, 'chromium')),
        ).then(() => chmod(join(folder, 'chromium'), 0o755)),
        unpackArchive(join(pack, 'bin', 'al2023.tar.br'), join(folder, 'libraries')),
        unpackArchive(join(pack, 'bin', 'fonts.tar.br'), join(folder, 'fonts')),
      ]);
      // The archive's own configuration names folders of another machine.
      await writeFile(join(folder, 'fonts', 'sweetspot.conf'), FONT_CONFIGURATION);
      await rm(join(pack, 'bin'), { recursive: true });
    },
  });
  const executablePath = join(folder, 'chromium');
  const env = { ...process.env };
  if (!(await isUsable(executablePath))) {
    // The system lacks libnss3 and libnspr4; the package brings them. They are not put before the system's own.
    env.LD_LIBRARY_PATH = [env.LD_LIBRARY_PATH, join(folder, 'libraries', 'lib')]
      .filter(Boolean)
      .join(delimiter);
    await run(executablePath, ['--version'], { env, timeout: 20_000 }).catch((error) => {
      throw new Error(
        `The Chromium of ${PACKAGE.name} does not start here (${String(error.stderr || error.message).trim()}). ` +
          'Install a Chromium of the system, or set CHROMIUM to the path of one.',
      );
    });
  }
  // Without any font Chromium draws no text at all.
  const systemFonts = await readdir('/usr/share/fonts').catch(() => []);
  if (systemFonts.length === 0) env.FONTCONFIG_FILE ??= join(folder, 'fonts', 'sweetspot.conf');
  return { executablePath, env };
}

async function unpackArchive(file, folder) {
  await mkdir(folder, { recursive: true });
  await pipeline(createReadStream(file), createBrotliDecompress(), extract({ cwd: folder }));
}
