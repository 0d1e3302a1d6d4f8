/** What the tests use of the scripts, which are plain JavaScript. */
declare module '*/scripts/vscode/browser.mjs' {
  export function startBrowser(options?: {
    readonly pinned?: boolean;
  }): Promise<import('playwright-core').Browser>;
}
