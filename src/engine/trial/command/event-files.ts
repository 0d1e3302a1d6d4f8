/**
 * Scalars from TensorBoard's event files (TFRecord frames around `Event` messages), also while they are being written.
 * Both forms are read: `simple_value`, and the tensors that TensorFlow 2 writes. Checksums are left alone: a frame that
 * is not whole yet is read next time.
 */
import { open } from 'node:fs/promises';
import { PbfReader } from 'pbf';

export interface Scalar {
  readonly tag: string;
  readonly step: number;
  readonly value: number;
}

/** Length (8 bytes) and its checksum (4) before the message, a checksum (4) behind it. */
const BEFORE = 12;
const BEHIND = 4;
const FLOAT = 1;
const DOUBLE = 2;

interface Tensor {
  type: number;
  values: number[];
  bytes: Uint8Array | undefined;
}

function readTensor(field: number, tensor: Tensor, reader: PbfReader): void {
  if (field === 1) tensor.type = reader.readVarint();
  else if (field === 4) tensor.bytes = reader.readBytes();
  else if (field === 5) reader.readPackedFloat(tensor.values);
  else if (field === 6) reader.readPackedDouble(tensor.values);
}

/** Of a tensor that holds one number. */
function scalarOf({ type, values, bytes }: Tensor): number | undefined {
  if (values.length === 1) return values[0];
  if (!bytes) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === FLOAT && bytes.length === 4) return view.getFloat32(0, true);
  return type === DOUBLE && bytes.length === 8 ? view.getFloat64(0, true) : undefined;
}

interface Value {
  tag: string;
  value: number | undefined;
}

function readValue(field: number, value: Value, reader: PbfReader): void {
  if (field === 1) value.tag = reader.readString();
  else if (field === 2) value.value = reader.readFloat();
  else if (field === 8)
    value.value = scalarOf(reader.readMessage(readTensor, { type: 0, values: [], bytes: undefined }));
}

interface Event {
  step: number;
  values: Value[];
}

function readEvent(field: number, event: Event, reader: PbfReader): void {
  if (field === 2) event.step = reader.readVarint(true);
  else if (field === 5) {
    reader.readMessage((inner, values: Value[]) => {
      if (inner === 1) values.push(reader.readMessage(readValue, { tag: '', value: undefined }));
    }, event.values);
  }
}

/** One file, read on from where it was left. */
export class EventFile {
  #at = 0;

  constructor(private readonly path: string) {}

  /** What has been added since the last call; nothing where the program has removed the file. */
  async read(): Promise<readonly Scalar[]> {
    const handle = await open(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
    if (!handle) return [];
    let bytes: Buffer;
    try {
      const { size } = await handle.stat();
      bytes = Buffer.alloc(Math.max(0, size - this.#at));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, this.#at);
      bytes = bytes.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
    const scalars: Scalar[] = [];
    let at = 0;
    while (at + BEFORE <= bytes.length) {
      const end = at + BEFORE + Number(bytes.readBigUInt64LE(at)) + BEHIND;
      if (end > bytes.length) break;
      const message = bytes.subarray(at + BEFORE, end - BEHIND);
      const { step, values } = new PbfReader(message).readFields(readEvent, { step: 0, values: [] } as Event);
      for (const { tag, value } of values) if (value !== undefined) scalars.push({ tag, step, value });
      at = end;
    }
    this.#at += at;
    return scalars;
  }
}
