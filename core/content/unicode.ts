import { createCollector } from '../source/collect-source.ts';
import type { Spool } from '../source/spool.ts';
import type { Budget } from './budget.ts';
import type { Layer } from './layer.ts';
import type { Found } from './opening.ts';

export type WideEncoding = 'utf-16le' | 'utf-16be' | 'utf-32le' | 'utf-32be';

/** Wide text and how many bytes its byte order mark takes. */
export interface WideText {
  readonly encoding: WideEncoding;
  readonly markBytes: 0 | 2 | 4;
}

const SAMPLE_BYTES = 4096;
const LEAST_BYTES = 16;

/** Whether `head`, the beginning of a layer, is UTF-16 or UTF-32, by its mark or by its NULs. */
export function recogniseWideText(head: Buffer): WideText | undefined {
  const [a, b, c, d] = head;
  if (a === 0xff && b === 0xfe) {
    if (c === 0 && d === 0 && head.length >= 8) return { encoding: 'utf-32le', markBytes: 4 };
    return { encoding: 'utf-16le', markBytes: 2 };
  }
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', markBytes: 2 };
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return { encoding: 'utf-32be', markBytes: 4 };
  return recogniseByZeros(head.subarray(0, SAMPLE_BYTES));
}

/** Western text in a wide encoding has its NULs in the same places of each unit, and only there. */
function recogniseByZeros(head: Buffer): WideText | undefined {
  const length = head.length - (head.length % 4);
  if (length < LEAST_BYTES || !head.includes(0)) return undefined;
  const zeros = [0, 0, 0, 0];
  for (let at = 0; at < length; at += 1)
    if (head[at] === 0) zeros[at % 4] = (zeros[at % 4] ?? 0) + 1;
  const [z0 = 0, z1 = 0, z2 = 0, z3 = 0] = zeros.map((count) => (count * 4) / length);
  const most = 0.7;
  const few = 0.05;
  let encoding: WideEncoding | undefined;
  if (z1 > most && z2 > most && z3 > most && z0 < few) encoding = 'utf-32le';
  else if (z0 > most && z1 > most && z2 > most && z3 < few) encoding = 'utf-32be';
  else if (z1 > most && z3 > most && z0 < few && z2 < few) encoding = 'utf-16le';
  else if (z0 > most && z2 > most && z1 < few && z3 < few) encoding = 'utf-16be';
  if (
    encoding === undefined ||
    !isMostlyPrintable(decodeWide(head.subarray(0, length), encoding))
  ) {
    return undefined;
  }
  return { encoding, markBytes: 0 };
}

/** Samples of numbers have zeros in the same places; what they leave between is no text. */
function isMostlyPrintable(text: Buffer): boolean {
  let printable = 0;
  for (const byte of text)
    if ((byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13)) printable += 1;
  return printable * 10 >= text.length * 9;
}

/** Wide text (without its mark) as UTF-8; a unit cut at the end is dropped. */
export function decodeWide(bytes: Buffer, encoding: WideEncoding): Buffer {
  switch (encoding) {
    case 'utf-16le':
      return Buffer.from(bytes.toString('utf16le'), 'utf8');
    case 'utf-16be': {
      const even = Buffer.from(bytes.subarray(0, bytes.length - (bytes.length % 2)));
      return Buffer.from(even.swap16().toString('utf16le'), 'utf8');
    }
    case 'utf-32le':
      return decodeUtf32(bytes, (at) => bytes.readUInt32LE(at));
    case 'utf-32be':
      return decodeUtf32(bytes, (at) => bytes.readUInt32BE(at));
  }
}

function decodeUtf32(bytes: Buffer, unitAt: (at: number) => number): Buffer {
  const parts: string[] = [];
  for (let at = 0; at + 4 <= bytes.length; at += 4) {
    const unit = unitAt(at);
    parts.push(unit <= 0x10ffff ? String.fromCodePoint(unit) : '\ufffd');
  }
  return Buffer.from(parts.join(''), 'utf8');
}

const CHUNK_BYTES = 1024 * 1024;

/** Wide text of any length as a child in UTF-8, cut where the budget ends. */
export async function* decodeWideLater(
  layer: Layer,
  { encoding, markBytes }: WideText,
  budget: Budget,
  spool: Spool,
): AsyncGenerator<Found> {
  const collector = createCollector(spool);
  const { source } = layer;
  let isCut = false;
  for (let at: number = markBytes; at < source.size && !isCut; at += CHUNK_BYTES) {
    collector.write(decodeWide(await source.read(at, CHUNK_BYTES), encoding));
    isCut = collector.size > budget.bytesLeft || budget.isLate();
  }
  yield { child: { name: encoding, content: collector.finish() } };
  const fact = isCut ? budget.tell('bytes-budget', { layer: layer.way }, encoding) : undefined;
  if (fact !== undefined) yield { fact };
}
