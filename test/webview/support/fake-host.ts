/**
 * The extension's part of the conversation, played in Node: opens the real bundle in Chromium under the policy that the
 * extension sets, and answers it with JSON-RPC over postMessage from a journal held in memory. Records what it is asked.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  type Message,
} from 'vscode-jsonrpc/node';
import { parseLine } from '../../../src/core/study/journal/line.js';
import { StudyReducer } from '../../../src/core/study/journal/reduce.js';
import { OutgoingStudy } from '../../../src/core/study/packed/transfer.js';
import type { ValidationOutcome } from '../../../src/core/study/validation-outcome.js';
import { type Server, serve } from '../../../src/protocol/contract.js';
import type {
  PageContract,
  PageFilter,
  PageState,
  PeerStudy,
  StudyAction,
  TrialAction,
} from '../../../src/protocol/panel.js';
import { sampleRef } from './sample-study.js';
import { themes, type WebviewTheme } from './themes.js';

const ROOT = join(import.meta.dirname, '../../..');
const ORIGIN = 'http://webview.test';
const NONCE = 'nonce-of-the-test';
/** Records in one answer. */
const CHUNK = 20_000;
/** Trials in a block: few, so that short studies have several. */
const BLOCK = 16;
/** Milliseconds: more than a page waits for a whole study before it shows a part. */
const PARTIAL_AFTER = 700;

export interface FakeHostOptions {
  readonly page: 'results' | 'table';
  readonly lines?: readonly string[];
  /** Fields to put in place of the usual state: a trusted workspace with an engine at work. */
  readonly state?: Partial<PageState>;
  readonly theme?: WebviewTheme['name'];
  readonly size?: { readonly width: number; readonly height: number };
  /** What setState has kept from an earlier life. */
  readonly saved?: unknown;
  readonly scale?: number;
  /** The time at which the page's clock stands still; its language is American English then, its time zone UTC. */
  readonly now?: number;
  /** What every trial's model made of the validation rows. */
  readonly validation?: ValidationOutcome;
  /** Studies to compare with. */
  readonly peers?: readonly PeerStudy[];
  /** Gives the study as one message to a page that has nothing of it, as the extension does for long ones. */
  readonly whole?: boolean;
  /**
   * Of a study that is given whole only the first block ever comes, and not before a page has waited for longer than it
   * does without showing a part: what is seen does not depend on the machine.
   */
  readonly partial?: boolean;
  /** A block that is not to be had the first time, as when the journal was replaced meanwhile. */
  readonly missing?: number;
}

class PipeReader extends AbstractMessageReader {
  #callback: DataCallback | undefined;
  listen(callback: DataCallback): Disposable {
    this.#callback = callback;
    return { dispose: () => undefined };
  }
  receive(message: Message): void {
    this.#callback?.(message);
  }
}

class PageWriter extends AbstractMessageWriter {
  constructor(private readonly page: Page) {
    super();
  }
  async write(message: Message): Promise<void> {
    if (this.page.isClosed()) return;
    await this.page.evaluate((data) => window.postMessage(data, '*'), message as object);
  }
  end(): void {}
}

export class FakeHost {
  readonly trialActions: { trial: number; action: TrialAction }[] = [];
  readonly studyActions: StudyAction[] = [];
  readonly selections: (readonly number[])[] = [];
  readonly pointings: (number | null)[] = [];
  readonly filters: PageFilter[] = [];
  readonly copied: string[] = [];
  readonly files: { name: string; base64: string }[] = [];
  /** How often the page asked which studies it can be compared with. */
  peersAsked = 0;
  /** Positions the page asked from. */
  readonly asked: number[] = [];
  /** Violations of the content security policy, errors of the page, words on its console. */
  readonly complaints: string[] = [];
  saved: unknown;
  readonly whole: boolean;
  #lines: string[];
  #state: PageState;
  #reset = false;
  #outgoing: OutgoingStudy | undefined;
  #missing: number | undefined;

  private constructor(
    readonly page: Page,
    private readonly server: Server<PageContract>,
    options: FakeHostOptions,
  ) {
    this.whole = options.whole ?? false;
    this.#missing = options.missing;
    this.#lines = [...(options.lines ?? [])];
    this.#state = FakeHost.stateOf(options);
  }

  static stateOf(options: FakeHostOptions): PageState {
    return {
      ...(options.lines
        ? { study: sampleRef, engine: { workers: 2, busy: 2, usage: { cores: 1.93, memory: 412e6 } } }
        : {}),
      trusted: true,
      ...options.state,
    };
  }

  static async open(browser: Browser, options: FakeHostOptions): Promise<FakeHost> {
    const context = await browser.newContext({
      viewport:
        options.size ??
        (options.page === 'table' ? { width: 300, height: 700 } : { width: 1200, height: 800 }),
      deviceScaleFactor: options.scale ?? 1,
      bypassCSP: false,
      ...(options.now === undefined
        ? {}
        : { locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce' as const }),
    });
    const page = await context.newPage();
    if (options.now !== undefined) await page.clock.setFixedTime(options.now);
    const theme = themes.find(({ name }) => name === (options.theme ?? 'dark')) ?? themes[0]!;
    await page.route(`${ORIGIN}/**`, async (route) => {
      const script = route.request().url().endsWith('/webview.js');
      const body = script ? await readFile(join(ROOT, 'dist/webview.js')) : documentOf(options.page, theme);
      await route.fulfill({ contentType: script ? 'text/javascript' : 'text/html', body });
    });

    const reader = new PipeReader();
    const connection = createMessageConnection(reader, new PageWriter(page));
    const host: { current?: FakeHost } = {};
    const server = serve<PageContract>(connection, {
      state: () => host.current!.#state,
      since: ({ seq }) => host.current!.#since(seq),
      block: async ({ index }) => {
        if (options.partial && index > 0) return new Promise<never>(() => undefined);
        if (options.partial) await new Promise((resolve) => setTimeout(resolve, PARTIAL_AFTER));
        return host.current!.#block(index);
      },
      trial: ({ trial, action }) => {
        host.current?.trialActions.push({ trial, action });
      },
      study: ({ action }) => {
        host.current?.studyActions.push(action);
      },
      files: () => ({
        files: [
          { name: 'checkpoint/model.json', bytes: 2_310 },
          { name: 'checkpoint/weights.bin', bytes: 48_200 },
        ],
        left: 0,
        log: 'epoch 1: val_loss 0.91\nepoch 2: val_loss 0.62\nwarning: 3 rows without a label\nepoch 3: val_loss 0.44\n',
      }),
      validation: () => options.validation ?? null,
      peers: () => {
        host.current!.peersAsked++;
        return options.peers ?? [];
      },
      copy: ({ text }) => {
        host.current?.copied.push(text);
      },
      save: (file) => {
        host.current?.files.push(file);
      },
      select: ({ trials }) => {
        host.current?.selections.push(trials);
      },
      point: ({ trial }) => {
        host.current?.pointings.push(trial);
      },
      filter: ({ filter }) => {
        host.current?.filters.push(filter);
      },
    });
    const fake = new FakeHost(page, server, options);
    host.current = fake;
    connection.listen();
    page.on('console', (message) => fake.complaints.push(`${message.type()}: ${message.text()}`));
    page.on('pageerror', (error) => fake.complaints.push(String(error.stack)));
    await page.exposeFunction('fakeHostReceive', (message: Message) => reader.receive(message));
    await page.exposeFunction('fakeHostSave', (state: unknown) => {
      fake.saved = state;
    });
    await page.addInitScript((saved) => {
      document.addEventListener('securitypolicyviolation', (event) => {
        console.error(`policy: ${event.violatedDirective} at line ${event.lineNumber}`);
      });
      const host = window as unknown as Record<string, (message: unknown) => void>;
      Object.assign(window, {
        acquireVsCodeApi: () => ({
          postMessage: (message: unknown) => host.fakeHostReceive?.(message),
          getState: () => saved,
          setState: (state: unknown) => host.fakeHostSave?.(state),
        }),
      });
    }, options.saved);
    await page.goto(`${ORIGIN}/`);
    return fake;
  }

  /** Somebody asked outside the page to compare the study with these. */
  async compareWith(others: readonly string[]): Promise<void> {
    await this.server.emit('compare', { study: sampleRef.id, others });
  }

  /** More of the journal; the page is told unless `quietly`, as one that is hidden would not be. */
  async append(lines: readonly string[], quietly = false): Promise<void> {
    this.#lines.push(...lines);
    if (!quietly) await this.server.emit('appended', { study: sampleRef.id, seq: this.#lines.length });
  }

  /** The journal was replaced by another. */
  async replace(lines: readonly string[]): Promise<void> {
    this.#lines = [...lines];
    this.#reset = true;
    await this.server.emit('appended', { study: sampleRef.id, seq: this.#lines.length });
  }

  async setState(state: Partial<PageState>): Promise<void> {
    this.#state = { ...this.#state, ...state };
    await this.server.emit('state', this.#state);
  }

  async selectElsewhere(trials: readonly number[]): Promise<void> {
    await this.server.emit('selected', { study: sampleRef.id, trials });
  }

  async pointElsewhere(trial: number | null): Promise<void> {
    await this.server.emit('pointed', { study: sampleRef.id, trial });
  }

  async filterElsewhere(text: string): Promise<void> {
    await this.server.emit('filtered', { study: sampleRef.id, filter: { text, brushes: [] } });
  }

  async setTheme(name: WebviewTheme['name']): Promise<void> {
    const theme = themes.find((candidate) => candidate.name === name)!;
    await this.page.evaluate(
      ([rule, bodyClass]) => {
        // In place of the rule of the theme before, of which nothing may be left.
        const sheet = document.querySelector('style')?.sheet;
        sheet?.deleteRule(0);
        sheet?.insertRule(rule);
        document.body.className = bodyClass;
      },
      [rootRule(theme), theme.bodyClass] as const,
    );
  }

  async close(): Promise<void> {
    await this.page.context().close();
  }

  #block(index: number) {
    if (index !== this.#missing) return this.#outgoing?.block(index) ?? null;
    this.#missing = undefined;
    return null;
  }

  #since(seq: number) {
    this.asked.push(seq);
    if (this.whole && seq === 0) {
      const reducer = new StudyReducer();
      for (const line of this.#lines) {
        const parsed = parseLine(line.trimEnd());
        if (parsed.kind === 'record') reducer.apply(parsed.record);
      }
      this.#outgoing = new OutgoingStudy(reducer, BLOCK);
      const whole = this.#outgoing.first;
      return { lines: '', seq: this.#lines.length, more: false, reset: false, whole };
    }
    const reset = this.#reset;
    this.#reset = false;
    const from = reset ? 0 : seq;
    const next = Math.min(this.#lines.length, from + CHUNK);
    return {
      lines: this.#lines.slice(from, next).join(''),
      seq: next,
      more: next < this.#lines.length,
      reset,
    };
  }
}

const rootRule = ({ variables }: WebviewTheme): string =>
  `:root { ${Object.entries(variables)
    .map(([key, value]) => `--vscode-${key}: ${value};`)
    .join(' ')} }`;

/** As the extension writes it; the theme's variables are VS Code's part, and the policy has no word on them. */
function documentOf(page: FakeHostOptions['page'], theme: WebviewTheme): string {
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${NONCE}'`,
    `style-src 'nonce-${NONCE}' ${ORIGIN}`,
    `font-src ${ORIGIN}`,
    `img-src ${ORIGIN} data:`,
  ].join('; ');
  const sideBar = page === 'table' ? 'body { background: var(--vscode-sideBar-background); }' : '';
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="csp-nonce" content="${NONCE}">
<title>Sweetspot</title>
<style nonce="${NONCE}">${rootRule(theme)} body { margin: 0; padding: 0 20px; background: var(--vscode-editor-background); } ${sideBar}</style>
</head>
<body class="${theme.bodyClass}" data-page="${page}">
<script nonce="${NONCE}" src="${ORIGIN}/webview.js"></script>
</body>
</html>`;
}
