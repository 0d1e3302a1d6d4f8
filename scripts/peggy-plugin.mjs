// Turns a `.peggy` grammar into a module at build and test time, so that no generated parser is kept in the
// repository and none is compiled at run time (the page's and the extension's policies forbid eval).
import { readFile } from 'node:fs/promises';
import peggy from 'peggy';

const compile = (source) =>
  peggy.generate(source, { output: 'source', format: 'es', allowedStartRules: ['*'] });

export const peggyPlugin = {
  esbuild: {
    name: 'peggy',
    setup(build) {
      build.onLoad({ filter: /\.peggy$/ }, async ({ path }) => ({
        contents: compile(await readFile(path, 'utf8')),
        loader: 'js',
      }));
    },
  },
  vite: {
    name: 'peggy',
    transform: (source, id) => (id.endsWith('.peggy') ? { code: compile(source), map: null } : undefined),
  },
};
