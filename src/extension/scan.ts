/**
 * Looking for annotated files in the workspace folders, in bounds: what `files.exclude` and `search.exclude` hide is
 * left out, as are our own copies of configs, big files, and everything beyond a number of files.
 */
import { type LogOutputChannel, RelativePattern, type Uri, type WorkspaceFolder, workspace } from 'vscode';
import { looksAnnotated } from '../core/annotation/detect.js';
import { STORE } from '../core/study/places.js';

const MAX_FILES = 5_000;
const MAX_BYTES = 1_000_000;
/** Files read at a time: the rest of the editor has the disk, too. */
const AT_ONCE = 8;
const ALWAYS_EXCLUDED = ['**/node_modules/**', '**/.git/**', `**/${STORE}/**`];

/** Whether a file is of a kind that may be annotated, and not one of our own copies. */
export function isConfigPath(uri: Uri): boolean {
  return uri.scheme === 'file' && /\.ya?ml$/i.test(uri.path) && !uri.path.includes(`/${STORE}/`);
}

/** `{a,b}` spelt out: globs do not nest braces everywhere. */
function expandBraces(glob: string): readonly string[] {
  const match = /^([^{]*)\{([^{}]*)\}(.*)$/s.exec(glob);
  if (!match) return [glob];
  const [, before = '', choices = '', after = ''] = match;
  return choices.split(',').flatMap((choice) => expandBraces(`${before}${choice}${after}`));
}

function excludeGlob(folder: WorkspaceFolder): string {
  const globs = ['files', 'search'].flatMap((section) => {
    const exclude = workspace.getConfiguration(section, folder).get<Record<string, unknown>>('exclude', {});
    return Object.entries(exclude).flatMap(([glob, on]) => (on === true ? expandBraces(glob) : []));
  });
  return `{${[...new Set([...ALWAYS_EXCLUDED, ...globs])].join(',')}}`;
}

/** Whether a file that just appeared lies where the scan would not have looked. Outside the workspace nothing does. */
export async function findExcluded(uri: Uri): Promise<boolean> {
  const folder = workspace.getWorkspaceFolder(uri);
  if (!folder) return false;
  const path = uri.path.slice(folder.uri.path.length + 1).replace(/[[\]{}*?]/g, '[$&]');
  const found = await workspace.findFiles(new RelativePattern(folder, path), excludeGlob(folder), 1);
  return found.length === 0;
}

/** Candidates in a folder that just appeared in the workspace. */
export async function findConfigsBelow(folder: Uri): Promise<readonly Uri[]> {
  const owner = workspace.getWorkspaceFolder(folder);
  if (!owner) return [];
  const pattern = new RelativePattern(folder, '**/*.{yaml,yml}');
  return workspace.findFiles(pattern, excludeGlob(owner), MAX_FILES);
}

async function readSmall(uri: Uri): Promise<string | undefined> {
  const { size } = await workspace.fs.stat(uri);
  return size > MAX_BYTES ? undefined : new TextDecoder().decode(await workspace.fs.readFile(uri));
}

/** Hands every annotated file to `found`. `complete` is false when there were more files than the scan reads. */
export async function scanWorkspace(
  log: LogOutputChannel,
  found: (file: { uri: Uri; text: string }) => void,
): Promise<{ complete: boolean }> {
  const started = performance.now();
  let complete = true;
  let read = 0;
  let annotated = 0;
  for (const folder of workspace.workspaceFolders ?? []) {
    const pattern = new RelativePattern(folder, '**/*.{yaml,yml}');
    const uris = await workspace.findFiles(pattern, excludeGlob(folder), MAX_FILES);
    if (uris.length === MAX_FILES) {
      complete = false;
      log.warn(
        `${folder.name} holds more than ${MAX_FILES} YAML files; the rest was not looked at. Hide folders of no interest with search.exclude, or open a file to have it listed.`,
      );
    }
    const queue = uris.filter(isConfigPath);
    read += queue.length;
    const worker = async () => {
      for (let uri = queue.pop(); uri; uri = queue.pop()) {
        const text = await readSmall(uri).catch(() => undefined);
        if (text === undefined || !looksAnnotated(text)) continue;
        annotated++;
        found({ uri, text });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  }
  log.info(
    `Looked at ${read} YAML files in ${Math.round(performance.now() - started)} ms: ${annotated} annotated.`,
  );
  return { complete };
}
