/**
 * The trial that is pointed at in a chart or a table, marked in the tree: a decoration of its row, which costs the tree no
 * redraw. Hovering moves fast; the mark follows a few times a second.
 */
import {
  type Event,
  EventEmitter,
  FileDecoration,
  type FileDecorationProvider,
  ThemeColor,
  Uri,
  window,
} from 'vscode';
import { Disposables } from '../disposables.js';
import type { Focus } from '../focus.js';
import { Throttle } from '../throttle.js';

const SCHEME = 'sweetspot-trial';
/** In milliseconds. */
const FOLLOW_EVERY = 100;

/** By which the row of a trial is known to decorations; no document has it. */
export const trialResource = (journal: string, trial: number): Uri =>
  Uri.from({ scheme: SCHEME, path: Uri.file(journal).path, fragment: String(trial) });

export class PointedTrial implements FileDecorationProvider {
  readonly #own = new Disposables();
  readonly #changed = this.#own.add(new EventEmitter<Uri[]>());
  readonly #follow = this.#own.add(new Throttle(FOLLOW_EVERY, () => this.#mark()));
  #pointed: Uri | undefined;
  #marked: Uri | undefined;
  readonly onDidChangeFileDecorations: Event<Uri[]> = this.#changed.event;

  constructor(focus: Focus) {
    this.#own.add(window.registerFileDecorationProvider(this));
    this.#own.add(
      focus.onDidShare(({ study, what }) => {
        if (what.kind !== 'pointed') return;
        this.#pointed = what.trial === null ? undefined : trialResource(study, what.trial);
        this.#follow.request();
      }),
    );
  }

  provideFileDecoration(uri: Uri): FileDecoration | undefined {
    if (uri.scheme !== SCHEME || uri.toString() !== this.#marked?.toString()) return undefined;
    return new FileDecoration('◂', 'Pointed at in a chart or a table', new ThemeColor('charts.blue'));
  }

  dispose(): void {
    this.#own.dispose();
  }

  #mark(): void {
    const before = this.#marked;
    if (before?.toString() === this.#pointed?.toString()) return;
    this.#marked = this.#pointed;
    this.#changed.fire([before, this.#marked].filter((uri) => uri !== undefined));
  }
}
