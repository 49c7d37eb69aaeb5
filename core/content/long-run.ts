import type { ByteSource } from '../source/byte-source.ts';
import { createCollector } from '../source/collect-source.ts';
import type { Spool } from '../source/spool.ts';
import { BASE64_VALUES, HEX_VALUES, NOT_IN } from './alphabets.ts';
import type { Budget } from './budget.ts';

/** Base64 or hexadecimal digits that go on behind the end of a window. */
export interface LongRun {
  readonly name: 'base64' | 'hex';
  readonly start: number;
  /** It is half the window or more: not one to be left to the next window. */
  readonly fills: boolean;
}

/** 1 for digits, 2 for what wraps them. */
const KIND = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) if (BASE64_VALUES[byte] !== NOT_IN) KIND[byte] = 1;
for (const char of ' \t\r\n"\',\\') KIND[char.charCodeAt(0)] = 2;

const LEAST_WIDTH = 16;
const SAMPLE_SEGMENTS = 64;

/** The run that the end of `window` stands in, or undefined where it stands in none. */
export function findLongRun(window: Buffer): LongRun | undefined {
  let start = window.length;
  while (start > 0 && KIND[window[start - 1] as number] !== 0) start -= 1;
  while (start < window.length && KIND[window[start] as number] !== 1) start += 1;
  if (window.length - start < 1024 || !isWrapped(window, start)) return undefined;
  const name = isHex(window.subarray(start, start + 4096)) ? 'hex' : 'base64';
  return { name, start, fills: start <= window.length / 2 };
}

/** Encoders wrap at one width. Words and numbers, which are made of the same characters, vary. */
function isWrapped(window: Buffer, start: number): boolean {
  const widths = new Map<number, number>();
  let segments = 0;
  for (let at = start; at < window.length && segments < SAMPLE_SEGMENTS;) {
    let end = at;
    while (end < window.length && KIND[window[end] as number] === 1) end += 1;
    if (end > at) {
      segments += 1;
      widths.set(end - at, (widths.get(end - at) ?? 0) + 1);
    }
    at = end;
    while (at < window.length && KIND[window[at] as number] === 2) at += 1;
  }
  const [width = 0, count = 0] = [...widths].sort((a, b) => b[1] - a[1])[0] ?? [];
  // `\n` written out adds a segment of one letter after each line.
  return (width >= LEAST_WIDTH || widths.size === 2) && count * 2.5 >= segments;
}

function isHex(sample: Buffer): boolean {
  return sample.every((byte) => KIND[byte] === 2 || HEX_VALUES[byte] !== NOT_IN);
}

/** Decodes from `start` to where the digits end, at most as far as the budget goes. */
export async function decodeLongRun(
  source: ByteSource,
  start: number,
  { name }: LongRun,
  budget: Budget,
  spool: Spool,
): Promise<{ content: ByteSource; end: number; isCut: boolean }> {
  const unit = name === 'hex' ? 2 : 4;
  const collector = createCollector(spool);
  let rest = NOTHING;
  let end = start;
  let isCut = false;
  try {
    for await (const chunk of source.stream(start)) {
      const { digits, length } = digitsOf(chunk);
      end += length;
      const all = rest.length === 0 ? digits : Buffer.concat([rest, digits]);
      const whole = all.length - (all.length % unit);
      rest = Buffer.from(all.subarray(whole));
      collector.write(Buffer.from(all.toString('latin1', 0, whole), name));
      isCut = collector.size > budget.bytesLeft || budget.isLate();
      if (isCut || length < chunk.length) break;
    }
    collector.write(Buffer.from(rest.toString('latin1'), name));
    return { content: collector.finish(), end: isCut ? source.size : end, isCut };
  } catch (error) {
    await collector.discard();
    throw error;
  }
}

const NOTHING = Buffer.alloc(0);

/** The digits of `chunk` without what wraps them, up to the first byte that is neither. */
function digitsOf(chunk: Buffer): { digits: Buffer; length: number } {
  const digits = Buffer.allocUnsafe(chunk.length);
  let size = 0;
  for (let at = 0; at < chunk.length; at += 1) {
    const byte = chunk[at] as number;
    const kind = KIND[byte];
    if (kind === 1) digits[size++] = byte;
    else if (kind !== 2) return { digits: digits.subarray(0, size), length: at };
    else if (byte === 0x5c && (chunk[at + 1] === 0x6e || chunk[at + 1] === 0x72)) at += 1;
  }
  return { digits: digits.subarray(0, size), length: chunk.length };
}
