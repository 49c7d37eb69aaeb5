import { holds, type Reading, take, type Window } from './window.ts';

/** One field of a protobuf message: where its value lies. */
export interface Field {
  readonly number: number;
  /** 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  readonly wire: number;
  /** The value of a varint, else 0. Infinity past what a size can be. */
  readonly value: number;
  readonly start: number;
  /** Past the content where that was cut. */
  readonly end: number;
}

/** The field at `at`, hopping over its value; undefined where the bytes are none. */
export function* readField(window: Window, at: number): Reading<Field | undefined> {
  const bytes = yield* view(window, at, 20);
  const tag = readVarint(bytes, 0);
  if (tag === undefined || tag.value > 0xffff_ffff) return undefined;
  const number = Math.floor(tag.value / 8);
  const wire = tag.value % 8;
  if (number === 0) return undefined;
  const start = at + tag.length;
  switch (wire) {
    case 0: {
      const varint = readVarint(bytes, tag.length);
      if (varint === undefined) return undefined;
      return { number, wire, value: varint.value, start, end: start + varint.length };
    }
    case 1:
      return { number, wire, value: 0, start, end: start + 8 };
    case 2: {
      const length = readVarint(bytes, tag.length);
      if (length === undefined || length.value > Number.MAX_SAFE_INTEGER) return undefined;
      const body = start + length.length;
      return { number, wire, value: 0, start: body, end: body + length.value };
    }
    case 5:
      return { number, wire, value: 0, start, end: start + 4 };
    default:
      return undefined;
  }
}

function* view(window: Window, at: number, length: number): Reading<Buffer> {
  if (holds(window, at, length)) {
    return window.bytes.subarray(at - window.start, at - window.start + length);
  }
  return yield* take(window, at, length);
}

function readVarint(bytes: Buffer, at: number): { value: number; length: number } | undefined {
  let value = 0;
  let scale = 1;
  for (let i = 0; i < 10; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, length: i + 1 };
    scale *= 128;
  }
  return undefined;
}
