/** The document of a page: a strict policy, our one script, and nothing inline. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { Uri, type Webview } from 'vscode';

export type PageName = 'results' | 'table';

/** `dist` is the folder of the bundles. */
export function pageHtml(webview: Webview, dist: Uri, page: PageName): string {
  const nonce = randomBytes(16).toString('base64url');
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src 'nonce-${nonce}' ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join('; ');
  const address = (file: string) => webview.asWebviewUri(Uri.joinPath(dist, file)).toString();
  const styles = existsSync(Uri.joinPath(dist, 'webview.css').fsPath)
    ? `<link rel="stylesheet" nonce="${nonce}" href="${address('webview.css')}">`
    : '';
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="csp-nonce" content="${nonce}">
<title>Sweetspot</title>
${styles}
</head>
<body data-page="${page}">
<script nonce="${nonce}" src="${address('webview.js')}"></script>
</body>
</html>`;
}
