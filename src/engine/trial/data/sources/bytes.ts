/** Files as bytes, gunzipped where they are gzipped, whatever their name says. */
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { pipeline, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { createGunzip, gunzip } from 'node:zlib';

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

export async function readBytes(path: string): Promise<Buffer> {
  const bytes = await readFile(path);
  return isGzip(bytes) ? promisify(gunzip)(bytes) : bytes;
}

export async function streamBytes(path: string): Promise<Readable> {
  const file = await open(path);
  const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0).finally(() => file.close());
  const stream = createReadStream(path, { highWaterMark: 2 ** 18 });
  // Errors and early ends are passed on by pipeline; its callback has nothing to add.
  return isGzip(buffer) ? pipeline(stream, createGunzip(), () => undefined) : stream;
}
