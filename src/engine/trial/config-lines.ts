/** Finds where a value or a setting stands in a config's text, so that an error can name the line. */
import { basename } from 'node:path';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';

/** Line (from 1) of the key or list item at `path`; undefined where the text is no YAML or has no such path. */
function lineOfPath(text: string, path: readonly (string | number)[]): number | undefined {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  if (document.errors.length > 0 || path.length === 0) return undefined;
  const parent = document.getIn(path.slice(0, -1), true);
  const pair = isMap(parent)
    ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path.at(-1)))
    : undefined;
  const node = pair ? pair.key : document.getIn(path, true);
  const offset = isNode(node) ? node.range?.[0] : undefined;
  return offset === undefined ? undefined : lineCounter.linePos(offset).line;
}

/** `iris.yaml:12: ` before a message about the value at `path`, or about the nearest thing around it that is there. */
export function placeOf(configFile: string, configText: string, path: readonly (string | number)[]): string {
  let line: number | undefined;
  for (let length = path.length; length > 0 && line === undefined; length--) {
    line = lineOfPath(configText, path.slice(0, length));
  }
  return place(configFile, line);
}

/** `iris.yaml:2: ` before a message about a key of the @sweep block, such as `metric`. */
export function placeOfSetting(configFile: string, configText: string, key: string): string {
  const lines = configText.split(/\r?\n/);
  const head = lines.findIndex((text) => /#\s*@sweep\b/.test(text));
  const setting = new RegExp(`^\\s*#\\s*["']?${key}["']?\\s*:`);
  const index = lines.findIndex((text, i) => i > head && setting.test(text));
  return place(configFile, index < 0 ? undefined : index + 1);
}

const place = (configFile: string, line: number | undefined): string =>
  line === undefined ? `${basename(configFile)}: ` : `${basename(configFile)}:${line}: `;
