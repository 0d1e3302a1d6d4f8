// What every clicking test shares: one VS Code server with the packaged extension, and one browser. `run.mjs` makes
// both before the first test file is loaded and leaves them here.
import { cp, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';

/** A window that was opened, for the picture taken when a test fails. */
export interface OpenWindow {
  readonly page: Page;
  /** What its console said, oldest first. */
  readonly messages: string[];
}

/** Made by `run.mjs`, which is not typed: keep the two alike. */
export interface Session {
  /** The project's folder. */
  readonly root: string;
  readonly browser: Browser;
  /** The user settings file of the server's profile; VS Code watches it. */
  readonly settingsFile: string;
  readonly defaultSettings: Readonly<Record<string, unknown>>;
  /** Opens a folder or a `.code-workspace` file in a page. */
  readonly show: (page: Page, folder: string) => Promise<void>;
  readonly windows: Set<OpenWindow>;
  /** Settles once the pictures of a failure are taken; until then no window may close. */
  readonly evidence: Promise<void> | undefined;
  /** Folders to remove when all tests are over. */
  readonly temporary: Set<string>;
}

const KEY = Symbol.for('sweetspot.e2e.session');

/** The session that `run.mjs` made. */
export function session(): Session {
  const found: Session | undefined = Reflect.get(globalThis, KEY);
  if (found === undefined) throw new Error('No VS Code is running: start these tests with npm run test:e2e.');
  return found;
}

/** Sets user settings on top of the quiet defaults, and takes back those of an earlier call. */
export async function setUserSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
  const { settingsFile, defaultSettings } = session();
  await writeFile(settingsFile, JSON.stringify({ ...defaultSettings, ...settings }, null, 2));
}

/** A new folder with a copy of `source`, a path from the project's folder, without the studies somebody ran there. */
export async function copyOf(source: string): Promise<string> {
  const { root } = session();
  const folder = join(await newTemporaryFolder(), source.split('/').at(-1) ?? 'workspace');
  await cp(join(root, source), folder, {
    recursive: true,
    filter: (path) => basename(path) !== '.sweetspot',
  });
  return folder;
}

/** A new folder with these files. */
export async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(await newTemporaryFolder(), 'workspace');
  for (const [name, text] of Object.entries(files)) {
    const file = join(folder, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}

async function newTemporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sweetspot-e2e-'));
  session().temporary.add(folder);
  return folder;
}
