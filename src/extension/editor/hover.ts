/** Over an annotated line: what is searched there, and what the search knows about it so far. */
import {
  ColorThemeKind,
  Hover,
  type HoverProvider,
  languages,
  MarkdownString,
  type Position,
  type TextDocument,
  window,
} from 'vscode';
import { importanceOf } from '../../core/analysis/importance.js';
import { type PictureColours, slicePicture } from '../../core/analysis/slice-picture.js';
import type { TunedValue } from '../../core/annotation/annotated-config.js';
import { formatNumber, formatValue } from '../../core/format.js';
import { objectiveOf } from '../../core/study/best.js';
import { hasSeveralObjectives } from '../../core/study/objectives/front.js';
import type { Configs } from '../configs.js';
import type { Disposables } from '../disposables.js';
import { formatDistribution } from '../format.js';
import type { Studies } from '../studies.js';
import type { StudyEntry } from '../study-entry.js';
import { toRange } from './ranges.js';
import { CONFIG_FILES } from './selector.js';

export class TunedHover implements HoverProvider {
  constructor(
    private readonly configs: Configs,
    private readonly studies: Studies,
  ) {}

  register(own: Disposables): void {
    own.add(languages.registerHoverProvider(CONFIG_FILES, this));
  }

  provideHover(document: TextDocument, position: Position): Hover | undefined {
    const config = this.configs.now(document.uri.fsPath);
    const tuned = config?.parsed.tuned.find(({ valueRange, annotationRange }) =>
      [valueRange, annotationRange].some((range) => toRange(range).contains(position)),
    );
    if (!config || !tuned) return undefined;
    return new Hover(hoverText(tuned, this.studies.current(config.path)));
  }
}

function hoverText(tuned: TunedValue, entry: StudyEntry | undefined): MarkdownString {
  const { name, parameter, value } = tuned;
  const text = new MarkdownString(undefined, true);
  text.appendMarkdown(`$(beaker) \`${name}\` · \`${formatDistribution(parameter)}\`${scaleOf(tuned)}\n\n`);
  text.appendMarkdown(`In the file: \`${formatValue(value)}\``);
  const { best, study } = entry ?? {};
  const objective = study?.objectives[0];
  const found = best && objectiveOf(best);
  if (entry && best && objective && found !== undefined) {
    const bestValue = best.params[name];
    const known = Object.hasOwn(entry.study.space, name);
    const what = !known
      ? 'not searched in this study'
      : bestValue === undefined
        ? 'inactive in the best trial'
        : `\`${formatValue(bestValue)}\``;
    text.appendMarkdown(
      `  \n${hasSeveralObjectives(entry.study) ? 'Balanced trial of the front' : 'Best so far'}: ${what} (\`${objective.metric}\` ${formatNumber(found)}, trial ${best.number})`,
    );
    const tried = new Set(study?.trials.map(({ params }) => JSON.stringify(params[name])).filter(Boolean));
    if (tried.size > 1) text.appendMarkdown(`  \n${tried.size} values tried`);
    if (known) {
      const share = importanceOf(entry.study).find((one) => one.name === name)?.share;
      if (share !== undefined) {
        const percent = share < 0.01 ? 'less than 1 %' : `${Math.round(100 * share)} %`;
        text.appendMarkdown(` · importance ${percent}`);
      }
      const picture = slicePicture(entry.study, name, best, pictureColours());
      if (picture) {
        const data = Buffer.from(picture.svg).toString('base64');
        text.appendMarkdown(`\n\n![${picture.words}](data:image/svg+xml;base64,${data})`);
      }
    }
  }
  return text;
}

/** A picture cannot read the theme's colours: ones that stand out on its kind of background. */
function pictureColours(): PictureColours {
  const { kind } = window.activeColorTheme;
  return kind === ColorThemeKind.Light || kind === ColorThemeKind.HighContrastLight
    ? { foreground: '#3b3b3b', dots: '#0063d3', best: '#2e7d32' }
    : { foreground: '#cccccc', dots: '#59a4f9', best: '#89d185' };
}

function scaleOf({ parameter }: TunedValue): string {
  if (parameter.when) return ' · conditional';
  if (parameter.type !== 'float' && parameter.type !== 'int') return '';
  return parameter.log ? ' · by order of magnitude' : '';
}
