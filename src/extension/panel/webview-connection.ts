/**
 * JSON-RPC over a webview's postMessage: messages travel as the plain objects they are, in both directions. The page
 * has the mirror of this in webview-ui/src/host.ts.
 */
import type { Webview } from 'vscode';
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  createMessageConnection,
  type DataCallback,
  type Disposable,
  type Message,
  type MessageConnection,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/node';

class WebviewReader extends AbstractMessageReader implements MessageReader {
  constructor(private readonly webview: Webview) {
    super();
  }

  listen(callback: DataCallback): Disposable {
    return this.webview.onDidReceiveMessage((message: Message) => callback(message));
  }
}

class WebviewWriter extends AbstractMessageWriter implements MessageWriter {
  constructor(private readonly webview: Webview) {
    super();
  }

  /** A hidden page drops what it is sent; it asks again when it is shown. */
  async write(message: Message): Promise<void> {
    await this.webview.postMessage(message);
  }

  end(): void {}
}

export function webviewConnection(webview: Webview): MessageConnection {
  return createMessageConnection(new WebviewReader(webview), new WebviewWriter(webview));
}
