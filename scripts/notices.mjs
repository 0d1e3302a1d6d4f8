// The licence texts of every package that ended up in a bundle, by what esbuild says it put there, and where the data
// of the examples comes from.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

const PACKAGE = /^(.*node_modules\/((?:@[^/]+\/)?[^/]+))\//;

/** @param {import('esbuild').Metafile[]} metafiles @returns {Promise<string>} */
export async function thirdPartyNotices(metafiles) {
  const folders = new Map();
  for (const metafile of metafiles) {
    for (const input of Object.keys(metafile.inputs)) {
      const match = PACKAGE.exec(input);
      if (match) folders.set(match[1], match[2]);
    }
  }
  const notices = await Promise.all([...folders].sort().map(([folder, name]) => notice(folder, name)));
  return `Sweetspot contains the following third-party software.\n\n${notices.join('\n')}\n${await dataNotice()}`;
}

/** The section of the examples' own page, as it stands there. */
async function dataNotice() {
  const page = await readFile(new URL('../examples/README.md', import.meta.url), 'utf8');
  const section = /^## Data\n([\s\S]*?)(?=^## |$(?![\s\S]))/m.exec(page)?.[1]?.trim();
  if (!section) throw new Error('examples/README.md has lost its section "Data", which states the licences.');
  return `${'-'.repeat(80)}\nData of the examples\n${'-'.repeat(80)}\n${section}\n`;
}

async function notice(folder, name) {
  const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const files = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isFile() && /^(licen[cs]e|notice|copying)/i.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const title = `${name} ${manifest.version} (${manifest.license ?? 'see below'})`;
  const text = texts.join('\n').trim() || `No licence file in the package; licence: ${manifest.license}.`;
  return `${'-'.repeat(80)}\n${title}\n${'-'.repeat(80)}\n${text}\n`;
}
