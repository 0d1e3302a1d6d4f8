/** SQLite itself, compiled to WebAssembly: databases are read and written in memory, on every Node. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import initSqlJs, { type SqlJsStatic } from 'sql.js';

/** Beside the bundle, or in the package where the source runs as it is. */
const wasm = (): string => {
  const beside = fileURLToPath(new URL('./sql-wasm.wasm', import.meta.url));
  return existsSync(beside) ? beside : fileURLToPath(import.meta.resolve('sql.js/dist/sql-wasm.wasm'));
};

export const sqlite = (): Promise<SqlJsStatic> => initSqlJs({ locateFile: wasm });
