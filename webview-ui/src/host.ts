/**
 * The page's side of the line to the extension: the only place that knows acquireVsCodeApi. JSON-RPC messages travel as
 * plain objects through postMessage, in both directions. What they mean is in src/protocol/panel.ts.
 */
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  type Message,
} from 'vscode-jsonrpc/browser';
import { type Client, client } from '../../src/protocol/contract.js';
import type { PageContract } from '../../src/protocol/panel.js';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

class WindowReader extends AbstractMessageReader {
  listen(callback: DataCallback): Disposable {
    const listener = ({ data }: MessageEvent<Message | undefined>): void => {
      if (data?.jsonrpc === '2.0') callback(data);
    };
    window.addEventListener('message', listener);
    return { dispose: () => window.removeEventListener('message', listener) };
  }
}

class HostWriter extends AbstractMessageWriter {
  readonly #api: VsCodeApi;

  constructor(api: VsCodeApi) {
    super();
    this.#api = api;
  }

  write(message: Message): Promise<void> {
    this.#api.postMessage(message);
    return Promise.resolve();
  }

  end(): void {}
}

export type Host = Client<PageContract> & {
  /** What the page left the last time it was here; anything at all, since an older version may have written it. */
  readonly saved: unknown;
  save(state: object): void;
};

/** May be called once in the life of a page. */
export function connectHost(): Host {
  const api = acquireVsCodeApi();
  const connection = createMessageConnection(new WindowReader(), new HostWriter(api));
  connection.listen();
  return { ...client<PageContract>(connection), saved: api.getState(), save: (state) => api.setState(state) };
}
