import { capBytes, type Format, type Recognised } from './format.ts';
import { type Reading, take, type Window } from './window.ts';

/** File identifiers at byte 4 of models kept as flatbuffers. */
const IDENTIFIERS: ReadonlyMap<string, string> = new Map([
  ['TFL3', 'tflite'],
  ['ORTM', 'ort'],
  ['ET12', 'executorch'],
  ['MSL1', 'mindspore-lite'],
  ['MSL2', 'mindspore-lite'],
  ['CIR0', 'circle'],
]);
/** tflite's `Model.buffers`, and `Buffer.data`, `offset`, `size`. */
const BUFFERS = 4;
const MOST_BUFFERS = 1_000_000;
const ROOT_LIMIT = 64 * 1024;

/** TFLite and the like: a flatbuffer with a known identifier whose root is a table. */
export const flatbuffers: Format = {
  rule: 'tflite',

  claims(head) {
    return head.length >= 16 && IDENTIFIERS.has(head.toString('latin1', 4, 8));
  },

  *read(window: Window): Reading<Recognised | undefined> {
    const head = Buffer.from(yield* take(window, 0, 8));
    const rule = IDENTIFIERS.get(head.toString('latin1', 4, 8));
    const root = head.readUInt32LE(0);
    if (rule === undefined || root < 8 || root + 8 > window.size) return undefined;
    const isTable = (yield* readTable(window, root)) !== undefined;
    if (!isTable) return undefined;
    const buffers = rule === 'tflite' ? yield* sumBuffers(window, root) : undefined;
    const payload = buffers?.bytes ?? window.size - Math.min(root, ROOT_LIMIT);
    return {
      rule,
      payloadBytes: capBytes(payload),
      ...(buffers === undefined ? {} : { tensors: buffers.count }),
      offset: 0,
      payload: [],
      end: window.size,
    };
  },
};

interface Table {
  readonly at: number;
  readonly fields: readonly number[];
}

/** A table's field offsets, by its vtable; undefined where there is none. */
function* readTable(window: Window, at: number): Reading<Table | undefined> {
  const soffset = yield* take(window, at, 4);
  if (soffset.length < 4) return undefined;
  const vtable = at - soffset.readInt32LE(0);
  const sizes = yield* take(window, vtable, 4);
  if (vtable < 4 || sizes.length < 4) return undefined;
  const bytes = sizes.readUInt16LE(0);
  const objectBytes = sizes.readUInt16LE(2);
  if (bytes < 4 || bytes % 2 !== 0 || bytes > 1024 || objectBytes < 4) return undefined;
  const entries = yield* take(window, vtable + 4, bytes - 4);
  const fields: number[] = [];
  for (let i = 0; i + 2 <= entries.length; i += 2) fields.push(entries.readUInt16LE(i));
  return fields.every((field) => field < objectBytes) ? { at, fields } : undefined;
}

/** Where an offset field leads, 0 where the field is absent. */
function* follow(window: Window, table: Table, field: number): Reading<number> {
  const offset = table.fields[field] ?? 0;
  if (offset === 0) return 0;
  const place = table.at + offset;
  const bytes = yield* take(window, place, 4);
  return bytes.length < 4 ? 0 : place + bytes.readUInt32LE(0);
}

function* sumBuffers(
  window: Window,
  root: number,
): Reading<{ bytes: number; count: number } | undefined> {
  const model = yield* readTable(window, root);
  const vector = model === undefined ? 0 : yield* follow(window, model, BUFFERS);
  const lengthBytes = yield* take(window, vector, 4);
  if (vector === 0 || lengthBytes.length < 4) return undefined;
  const length = Math.min(lengthBytes.readUInt32LE(0), MOST_BUFFERS);
  const sum = { bytes: 0, count: 0 };
  for (let i = 0; i < length; i++) {
    const place = vector + 4 + 4 * i;
    const offset = yield* take(window, place, 4);
    if (offset.length < 4) break;
    const buffer = yield* readTable(window, place + offset.readUInt32LE(0));
    if (buffer === undefined) continue;
    const bytes = yield* bufferBytes(window, buffer);
    sum.bytes += bytes;
    if (bytes > 0) sum.count += 1;
  }
  return sum;
}

/** `data` inside the flatbuffer, or `size` bytes behind it for models over 2 GB. */
function* bufferBytes(window: Window, buffer: Table): Reading<number> {
  const data = yield* follow(window, buffer, 0);
  if (data !== 0) {
    const length = yield* take(window, data, 4);
    return length.length < 4 ? 0 : length.readUInt32LE(0);
  }
  const offset = buffer.fields[2] ?? 0;
  if (offset === 0) return 0;
  const size = yield* take(window, buffer.at + offset, 8);
  return size.length < 8 ? 0 : Number(size.readBigUInt64LE(0));
}
