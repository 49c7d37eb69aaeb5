import { capBytes, type Format, readU64, type Recognised, understood } from './format.ts';
import { holds, type Reading, take, type Window } from './window.ts';

const MOST_ENTRIES = 1_000_000;
const MOST_DIMENSIONS = 8;
const DEFAULT_ALIGNMENT = 32;

/** Elements and bytes of one block, by ggml's type number (ggml.h). */
const BLOCKS: Readonly<Record<number, readonly [elements: number, bytes: number]>> = {
  0: [1, 4],
  1: [1, 2],
  2: [32, 18],
  3: [32, 20],
  4: [16, 18],
  5: [16, 20],
  6: [32, 22],
  7: [32, 24],
  8: [32, 34],
  9: [32, 40],
  10: [256, 84],
  11: [256, 110],
  12: [256, 144],
  13: [256, 176],
  14: [256, 210],
  15: [256, 292],
  16: [256, 66],
  17: [256, 74],
  18: [256, 98],
  19: [256, 50],
  20: [32, 18],
  21: [256, 110],
  22: [256, 82],
  23: [256, 136],
  24: [1, 1],
  25: [1, 2],
  26: [1, 4],
  27: [1, 8],
  28: [1, 8],
  29: [256, 56],
  30: [1, 2],
  34: [256, 54],
  35: [256, 66],
  39: [32, 17],
  40: [64, 36],
  41: [128, 18],
};

/** Bytes of a metadata value, by its type number; strings (8) and arrays (9) are walked. */
const VALUE_BYTES: readonly number[] = [1, 1, 2, 2, 4, 4, 4, 1, -1, -1, 8, 8, 8];
const STRING = 8;
const ARRAY = 9;
const MOST_NESTING = 4;

/** Where the walk stands, and how numbers are written here. */
interface Walk {
  readonly window: Window;
  at: number;
  readonly bigEndian: boolean;
  /** Version 1 counts in u32. */
  readonly wide: boolean;
  /** Past the end, or not what the format allows. */
  ended: boolean;
}

/** GGUF versions 1 to 3, either byte order: header, metadata, tensor infos, payload. */
export const gguf: Format = {
  rule: 'gguf',

  claims(head) {
    return head.length >= 16 && head.readUInt32LE(0) === 0x46554747;
  },

  *read(window: Window): Reading<Recognised | undefined> {
    const head = yield* take(window, 0, 8);
    if (head.length < 8) return undefined;
    const little = head.readUInt32LE(4);
    const bigEndian = little > 0xffff;
    const version = bigEndian ? head.readUInt32BE(4) : little;
    if (version < 1 || version > 3) return undefined;
    const walk: Walk = { window, at: 8, bigEndian, wide: version > 1, ended: false };
    const tensors = yield* readCount(walk);
    const pairs = yield* readCount(walk);
    if (walk.ended || tensors > MOST_ENTRIES || pairs > MOST_ENTRIES) return undefined;

    const alignment = yield* walkMetadata(walk, pairs);
    if (alignment === undefined) return undefined;
    const infos = yield* walkTensorInfos(walk, tensors, alignment);
    if (infos === undefined) return undefined;
    const dataStart = Math.ceil(walk.at / alignment) * alignment;
    const present = Math.max(0, window.size - dataStart);
    // Where the infos are cut, or a type is newer than this table, what lies there still counts.
    const payload = infos.known && !walk.ended ? infos.bytes : Math.max(infos.bytes, present);
    const end = Math.min(window.size, dataStart + Math.max(payload, infos.end));
    // A file of vocabulary alone is legal.
    if (payload === 0) return understood('gguf');
    return {
      rule: 'gguf',
      payloadBytes: capBytes(payload),
      tensors,
      parameters: capBytes(infos.elements),
      offset: 0,
      payload: end > dataStart && infos.contiguous ? [{ start: dataStart, end }] : [],
      end,
    };
  },
};

/** Skips the metadata. The alignment it sets, or undefined where it is no GGUF. */
function* walkMetadata(walk: Walk, pairs: number): Reading<number | undefined> {
  let alignment = DEFAULT_ALIGNMENT;
  for (let i = 0; i < pairs && !walk.ended; i++) {
    const key = yield* readString(walk);
    const type = yield* readU32(walk);
    // The first key settles whether this is GGUF at all.
    if (i === 0 && (!isPrintable(key) || type >= VALUE_BYTES.length)) return undefined;
    if (key.toString('latin1') === 'general.alignment' && type === 4) {
      const value = yield* readU32(walk);
      if (value > 0 && value <= 65536) alignment = value;
    } else {
      yield* skipValue(walk, type, 0);
    }
  }
  return alignment;
}

interface Infos {
  bytes: number;
  elements: number;
  end: number;
  known: boolean;
  contiguous: boolean;
}

function* walkTensorInfos(
  walk: Walk,
  tensors: number,
  alignment: number,
): Reading<Infos | undefined> {
  const infos: Infos = { bytes: 0, elements: 0, end: 0, known: true, contiguous: true };
  for (let i = 0; i < tensors && !walk.ended; i++) {
    const name = yield* readString(walk);
    const dimensions = yield* readU32(walk);
    if (walk.ended) break;
    if (dimensions > MOST_DIMENSIONS || (i === 0 && !isPrintable(name))) {
      return i === 0 ? undefined : { ...infos, known: false };
    }
    let elements = 1;
    for (let d = 0; d < dimensions; d++) elements *= yield* readU64At(walk);
    const type = yield* readU32(walk);
    const offset = yield* readU64At(walk);
    if (walk.ended) break;
    const block = BLOCKS[type];
    if (block === undefined) infos.known = false;
    const bytes = block === undefined ? 0 : Math.ceil(elements / block[0]) * block[1];
    // Room for alignment, no more: a gap could hide something.
    if (offset < infos.end || offset - infos.end >= alignment) infos.contiguous = false;
    infos.bytes += bytes;
    infos.elements += elements;
    infos.end = Math.max(infos.end, offset + bytes);
  }
  return infos;
}

function* skipValue(walk: Walk, type: number, depth: number): Reading<void> {
  if (type === STRING) {
    yield* readString(walk);
  } else if (type === ARRAY) {
    const inner = yield* readU32(walk);
    const count = yield* readCount(walk);
    const bytes = VALUE_BYTES[inner];
    if (bytes === undefined || depth >= MOST_NESTING) {
      walk.ended = true;
    } else if (bytes > 0) {
      move(walk, bytes * count);
    } else {
      // Each element takes bytes, so this ends with the content, whatever the count claims.
      for (let i = 0; i < count && !walk.ended; i++) yield* skipValue(walk, inner, depth + 1);
    }
  } else {
    const bytes = VALUE_BYTES[type];
    if (bytes === undefined) walk.ended = true;
    else move(walk, bytes);
  }
}

function move(walk: Walk, bytes: number): void {
  walk.at += bytes;
  if (!(walk.at <= walk.window.size)) {
    walk.at = walk.window.size;
    walk.ended = true;
  }
}

/** The string's bytes, at most the first 256. */
function* readString(walk: Walk): Reading<Buffer> {
  const length = yield* readCount(walk);
  const at = walk.at;
  move(walk, length);
  return yield* take(walk.window, at, Math.min(length, 256));
}

function* readCount(walk: Walk): Reading<number> {
  return walk.wide ? yield* readU64At(walk) : yield* readU32(walk);
}

function* readU32(walk: Walk): Reading<number> {
  const bytes = yield* fixed(walk, 4);
  if (bytes === undefined) return 0;
  return walk.bigEndian ? bytes.readUInt32BE(0) : bytes.readUInt32LE(0);
}

function* readU64At(walk: Walk): Reading<number> {
  const bytes = yield* fixed(walk, 8);
  return bytes === undefined ? 0 : readU64(bytes, 0, walk.bigEndian);
}

function* fixed(walk: Walk, length: number): Reading<Buffer | undefined> {
  const at = walk.at;
  move(walk, length);
  if (walk.ended) return undefined;
  const { window } = walk;
  if (holds(window, at, length)) {
    return window.bytes.subarray(at - window.start, at - window.start + length);
  }
  return yield* take(window, at, length);
}

function isPrintable(name: Buffer): boolean {
  return name.length > 0 && name.every((byte) => byte >= 0x20 && byte !== 0x7f);
}
