// Pictures of both pages in every theme and many states, into .cache/shots, for people to look at. Proves nothing: the
// tests beside it do. After `npm run build`, `node test/webview/shots.mjs [word …]` takes those whose name contains one
// of the words.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import esbuild from 'esbuild';
import { startBrowser } from '../../scripts/vscode/browser.mjs';

const root = join(import.meta.dirname, '../..');
const out = join(root, '.cache/shots');
await mkdir(out, { recursive: true });
const bundled = await esbuild.build({
  entryPoints: [join(import.meta.dirname, 'support/scenes.ts')],
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
  external: ['playwright-core'],
  banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
});
const module = join(root, '.cache/shots/support/scenes.mjs');
await mkdir(join(root, '.cache/shots/support'), { recursive: true });
await writeFile(module, bundled.outputFiles[0].text);
const { scenes, FakeHost } = await import(pathToFileURL(module).href);

const words = process.argv.slice(2);
const browser = await startBrowser();
for (const { name, options, act } of scenes) {
  if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
  const host = await FakeHost.open(browser, options);
  host.page.setDefaultTimeout(3000);
  await host.page.waitForTimeout(600);
  await act?.(host).catch((error) => host.complaints.push(String(error)));
  await host.page.waitForTimeout(250);
  await host.page.screenshot({ path: join(out, `${name}.png`) });
  if (host.complaints.length > 0) console.log(name, host.complaints);
  await host.close();
}
await browser.close();
