/**
 * Folders that come and go in the workspace. Needed beside file watchers: when a folder comes with files already in it
 * (a clone, a copy, an unpacked archive), or goes with them, most systems tell of the folder alone.
 */
import { type Event, EventEmitter, FileType, type Uri, workspace } from 'vscode';
import { Disposables } from './disposables.js';
import { Debounce } from './throttle.js';

/** Creations come in bursts; they are looked at once nothing came for so long, in milliseconds. */
const BURST = 200;
/** Beyond so many new things at once, which of them are folders is not asked: everything is looked at again. */
const MANY = 300;

/** `everything`: too much has changed to say where. */
export type NewFolders =
  | { readonly kind: 'everything' }
  | { readonly kind: 'folders'; readonly folders: readonly Uri[] };

export class FolderWatcher {
  readonly #own = new Disposables();
  readonly #created = new Map<string, Uri>();
  readonly #appeared = this.#own.add(new EventEmitter<NewFolders>());
  readonly #burst = this.#own.add(new Debounce(BURST, () => void this.#look()));
  readonly #vanished = this.#own.add(new EventEmitter<Uri>());
  readonly onDidAppear: Event<NewFolders> = this.#appeared.event;
  /** A file or a folder is gone, with all that was in it. */
  readonly onDidVanish: Event<Uri> = this.#vanished.event;

  constructor() {
    const watcher = this.#own.add(workspace.createFileSystemWatcher('**', false, true, false));
    this.#own.add(watcher.onDidDelete((uri) => this.#vanished.fire(uri)));
    this.#own.add(
      watcher.onDidCreate((uri) => {
        if (this.#created.size <= MANY) this.#created.set(uri.fsPath, uri);
        this.#burst.request();
      }),
    );
  }

  dispose(): void {
    this.#own.dispose();
  }

  async #look(): Promise<void> {
    const created = [...this.#created.values()];
    this.#created.clear();
    if (created.length > MANY) {
      this.#appeared.fire({ kind: 'everything' });
      return;
    }
    const types = await Promise.all(
      created.map((uri) =>
        workspace.fs.stat(uri).then(
          ({ type }) => type,
          () => FileType.Unknown,
        ),
      ),
    );
    const folders = created.filter((_, index) => (types[index] ?? 0) & FileType.Directory);
    if (folders.length > 0 && !this.#own.disposed) this.#appeared.fire({ kind: 'folders', folders });
  }
}

/** Whether `path` is `folder` or lies in it. */
export function isWithin(folder: Uri, path: string): boolean {
  const { fsPath } = folder;
  return path === fsPath || path.startsWith(`${fsPath}/`) || path.startsWith(`${fsPath}\\`);
}
