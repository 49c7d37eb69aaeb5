/** Bits of one element, by the dtype names of the safetensors format. */
const BITS: Readonly<Record<string, number>> = {
  F64: 64,
  F32: 32,
  F16: 16,
  BF16: 16,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E4M3FN: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  F8_E8M0: 8,
  F6_E2M3: 6,
  F6_E3M2: 6,
  F4: 4,
  C64: 64,
  C128: 128,
  I64: 64,
  I32: 32,
  I16: 16,
  I8: 8,
  U64: 64,
  U32: 32,
  U16: 16,
  U8: 8,
  BOOL: 8,
};

/** A string longer than this is not kept: no dtype is, and tensor names are not needed. */
const KEPT_STRING = 64;
const MAX_DEPTH = 8;
const KEPT_RANGES = 200_000;

export interface HeaderScan {
  /** Feeds the next bytes of the header. */
  push(chunk: Buffer): void;
  readonly tensors: number;
  readonly parameters: number;
  /** Sum of the tensors' bytes. */
  readonly payload: number;
  /** The highest end offset. */
  readonly end: number;
  /** The tensors lie one after another from 0 to `end`, without gaps or overlap. */
  contiguous(): boolean;
  /** What was fed is not JSON of this shape. */
  readonly broken: boolean;
  /** The outer object has ended. */
  readonly closed: boolean;
}

interface Entry {
  dtype: string | undefined;
  shape: number[] | undefined;
  offsets: number[] | undefined;
}

/**
 * Reads a header of any length in constant memory: a JSON tokenizer that keeps only the entry it is
 * in. Tensor entries are told from `__metadata__` by having all three fields.
 */
export function makeHeaderScan(): HeaderScan {
  let depth = 0;
  let inString = false;
  let escaped = false;
  let text = '';
  let key = '';
  let isKey = false;
  let number = '';
  let numbers: number[] | undefined;
  let entry: Entry = { dtype: undefined, shape: undefined, offsets: undefined };
  const ranges: { start: number; end: number }[] = [];
  const seen = { tensors: 0, parameters: 0, payload: 0, end: 0, broken: false, closed: false };

  function endNumber(): void {
    if (number === '') return;
    if (numbers !== undefined && numbers.length < 64) numbers.push(Number(number));
    number = '';
  }

  function endEntry(): void {
    const { dtype, shape, offsets } = entry;
    const bits = dtype === undefined ? undefined : BITS[dtype];
    if (bits !== undefined && shape !== undefined && offsets?.length === 2) {
      const [start = 0, end = 0] = offsets;
      const elements = shape.reduce((product, size) => product * size, 1);
      const declared = Math.ceil((elements * bits) / 8);
      seen.tensors += 1;
      seen.parameters += elements;
      // Where shape and offsets disagree one of them lies: count the larger.
      seen.payload += Math.max(end - start, declared);
      seen.end = Math.max(seen.end, end);
      if (ranges.length < KEPT_RANGES) ranges.push({ start, end });
    }
    entry = { dtype: undefined, shape: undefined, offsets: undefined };
  }

  function endString(): void {
    if (isKey) key = text;
    else if (depth === 2 && key === 'dtype') entry.dtype = text;
  }

  function take(byte: number): void {
    if (byte >= 0x30 && byte <= 0x39) {
      if (number.length < 20) number += String.fromCharCode(byte);
      return;
    }
    endNumber();
    switch (byte) {
      case 0x22: // "
        inString = true;
        text = '';
        return;
      case 0x7b: // {
        depth += 1;
        isKey = true;
        if (depth > MAX_DEPTH) seen.broken = true;
        return;
      case 0x7d: // }
        if (depth === 2) endEntry();
        depth -= 1;
        if (depth <= 0) seen.closed = true;
        isKey = false;
        return;
      case 0x5b: // [
        if (numbers !== undefined) seen.broken = true;
        numbers = [];
        return;
      case 0x5d: // ]
        if (depth === 2 && key === 'shape') entry.shape = numbers;
        if (depth === 2 && key === 'data_offsets') entry.offsets = numbers;
        numbers = undefined;
        return;
      case 0x3a: // :
        isKey = false;
        return;
      case 0x2c: // ,
        if (numbers === undefined) isKey = true;
        return;
      case 0x20:
      case 0x0a:
      case 0x0d:
      case 0x09:
        return;
      default:
        // null, true, false and signs never stand in a tensor entry; anything else is not JSON.
        if (byte < 0x20 || byte > 0x7e || depth === 0) seen.broken = true;
    }
  }

  return {
    contiguous() {
      if (ranges.length !== seen.tensors) return false;
      let at = 0;
      for (const { start, end } of ranges.sort((a, b) => a.start - b.start || a.end - b.end)) {
        if (start !== at) return false;
        at = end;
      }
      return true;
    },
    push(chunk) {
      for (let i = 0; i < chunk.length && !seen.broken && !seen.closed; i++) {
        const byte = chunk[i] ?? 0;
        if (!inString) {
          take(byte);
        } else if (escaped) {
          escaped = false;
          if (text.length < KEPT_STRING) text += '?';
        } else if (byte === 0x5c) {
          escaped = true;
        } else if (byte === 0x22) {
          inString = false;
          endString();
        } else if (text.length < KEPT_STRING) {
          text += String.fromCharCode(byte);
        }
      }
    },
    get tensors() {
      return seen.tensors;
    },
    get parameters() {
      return seen.parameters;
    },
    get payload() {
      return seen.payload;
    },
    get end() {
      return seen.end;
    },
    get broken() {
      return seen.broken;
    },
    get closed() {
      return seen.closed;
    },
  };
}
