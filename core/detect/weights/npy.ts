import { capBytes, type Format, type Recognised, understood } from './format.ts';
import { type Reading, take, type Window } from './window.ts';

const MAGIC = Buffer.from('\x93NUMPY', 'latin1');
const LONGEST_HEADER = 64 * 1024;
/** Arrays smaller than this hold no model. */
const LEAST_PAYLOAD = 1024;

/**
 * NumPy .npy: magic, version, a Python dict literal as header, payload. Weights where the elements
 * are floats, signed bytes (quantised), or void of 1 or 2 bytes (what bfloat16 and fp8 become).
 */
export const npy: Format = {
  rule: 'npy',

  claims(head) {
    return head.length >= 16 && head.subarray(0, 6).equals(MAGIC);
  },

  *read(window: Window): Reading<Recognised | undefined> {
    const start = yield* findBody(window);
    if (start === undefined) return undefined;
    const { header, bodyStart } = start;
    const elements = readShape(valueAfter(header, 'shape'));
    if (elements === undefined) return undefined;
    const payload = elements * floatBytes(valueAfter(header, 'descr'));
    const end = Math.min(window.size, bodyStart + payload);
    if (payload < LEAST_PAYLOAD) return understood('npy');
    return {
      rule: 'npy',
      payloadBytes: capBytes(payload),
      tensors: 1,
      parameters: capBytes(elements),
      offset: 0,
      payload: end > bodyStart ? [{ start: bodyStart, end }] : [],
      end,
    };
  },
};

/** Where the pickle of an array of objects begins; undefined for every other content. */
export function* npyBody(window: Window): Reading<number | undefined> {
  const start = yield* findBody(window);
  return start !== undefined && start.header.includes('O') ? start.bodyStart : undefined;
}

function* findBody(window: Window): Reading<{ header: string; bodyStart: number } | undefined> {
  const start = yield* take(window, 0, 12);
  if (start.length < 12 || !start.subarray(0, 6).equals(MAGIC)) return undefined;
  const long = (start[6] ?? 0) >= 2;
  const length = long ? start.readUInt32LE(8) : start.readUInt16LE(8);
  if (length > LONGEST_HEADER) return undefined;
  const bodyStart = (long ? 12 : 10) + length;
  const header = (yield* take(window, bodyStart - length, length)).toString('latin1');
  return { header, bodyStart };
}

/** What follows `'key':` in a dict literal, trimmed. */
function valueAfter(header: string, key: string): string {
  const quoted = Math.max(header.indexOf(`'${key}'`), header.indexOf(`"${key}"`));
  const colon = quoted < 0 ? -1 : header.indexOf(':', quoted);
  return colon < 0 ? '' : header.slice(colon + 1).trimStart();
}

/** Bytes of one element where they can be parameters, else 0: `'<f4'`, or such fields of a structure. */
function floatBytes(descr: string): number {
  if (descr.startsWith('[')) {
    // A structured array: one of its fields may well be the weights.
    const fields = descr.slice(0, descr.indexOf(']') + 1);
    const sizes = fields
      .split("'")
      .map(floatCode)
      .filter((size) => size !== undefined);
    return sizes.reduce((sum, size) => sum + size, 0);
  }
  return floatCode(descr.slice(1, 8).split(descr[0] ?? "'")[0] ?? '') ?? 0;
}

function floatCode(code: string): number | undefined {
  switch (code.slice(1)) {
    case 'i1':
    case 'V1':
      return 1;
    case 'f2':
    case 'V2':
      return 2;
    case 'f4':
      return 4;
    case 'f8':
    case 'c8':
      return 8;
    case 'f16':
    case 'c16':
      return 16;
    default:
      return undefined;
  }
}

/** The product of `(3, 4)`; python2 wrote `3L`. Undefined where it is no tuple of integers. */
function readShape(shape: string): number | undefined {
  const close = shape.indexOf(')');
  if (!shape.startsWith('(') || close < 0) return undefined;
  let product = 1;
  for (const part of shape.slice(1, close).split(',')) {
    const text = part.trim().replace('L', '');
    if (text === '') continue;
    const size = Number(text);
    if (!Number.isInteger(size) || size < 0) return undefined;
    product *= size;
  }
  return product;
}
