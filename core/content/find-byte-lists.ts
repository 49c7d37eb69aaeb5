import { HEX_VALUES, NOT_IN } from './alphabets.ts';
import { isMeaningful, LEAST_TEXT } from './recognise-binary.ts';

/** Bytes written as a list of numbers: `0x68, 0x66`, `68 66 5f`, `104, 102, 95`. */
export interface ByteList {
  readonly start: number;
  readonly bytes: Buffer;
}

const LEAST_RUN = 44;
const ALWAYS_DECODED = 1024;

/** 1 for what such lists are made of. */
const LIST = new Uint8Array(256);
for (const char of '0123456789abcdefABCDEFxX, \t\r\n') LIST[char.charCodeAt(0)] = 1;

/** Lists of bytes in `text` that are text or a known format, or long. */
export function findByteLists(text: Buffer): readonly ByteList[] {
  let found: ByteList[] | undefined;
  for (let probe = LEAST_RUN - 1, floor = 0; probe < text.length; probe = floor + LEAST_RUN - 1) {
    const low = probe - LEAST_RUN;
    let back = probe;
    while (back > low && LIST[text[back] as number] === 1) back -= 1;
    if (back !== low) {
      floor = back + 1;
      continue;
    }
    let start = low + 1;
    while (start > floor && LIST[text[start - 1] as number] === 1) start -= 1;
    let end = probe + 1;
    while (end < text.length && LIST[text[end] as number] === 1) end += 1;
    for (const list of readLists(text, start, end)) (found ??= []).push(list);
    floor = end;
  }
  return found ?? NONE;
}

const NONE: readonly ByteList[] = [];

type Kind = 'prefixed' | 'pairs' | 'decimal';

function readLists(text: Buffer, start: number, end: number): readonly ByteList[] {
  const lists: ByteList[] = [];
  for (const kind of ['prefixed', 'pairs', 'decimal'] as const) {
    const values: number[] = [];
    let first = start;
    const flush = (next: number) => {
      if (values.length >= LEAST_TEXT) {
        const bytes = Buffer.from(values);
        if (bytes.length >= ALWAYS_DECODED || isMeaningful(bytes))
          lists.push({ start: first, bytes });
      }
      values.length = 0;
      first = next;
    };
    for (let at = start; at < end;) {
      if (isSeparator(text[at] as number)) {
        at += 1;
        continue;
      }
      let stop = at;
      while (stop < end && !isSeparator(text[stop] as number)) stop += 1;
      const value = readNumber(text, at, stop, kind);
      if (value < 0) flush(stop);
      else values.push(value);
      at = stop;
    }
    flush(end);
  }
  return lists;
}

const isSeparator = (byte: number) =>
  byte === 0x20 || byte === 0x2c || byte === 0x0a || byte === 0x0d || byte === 0x09;

function readNumber(text: Buffer, at: number, stop: number, kind: Kind): number {
  switch (kind) {
    case 'prefixed':
      if (text[at] !== 0x30 || ((text[at + 1] as number) | 0x20) !== 0x78) return -1;
      return stop - at > 4 ? -1 : readDigits(text, at + 2, stop, 16);
    case 'pairs':
      return stop - at === 2 ? readDigits(text, at, stop, 16) : -1;
    case 'decimal':
      return stop - at > 3 ? -1 : readDigits(text, at, stop, 10);
  }
}

function readDigits(text: Buffer, from: number, to: number, base: number): number {
  let value = 0;
  for (let at = from; at < to; at += 1) {
    const digit = HEX_VALUES[text[at] as number] as number;
    if (digit === NOT_IN || digit >= base) return -1;
    value = value * base + digit;
  }
  return to > from && value < 256 ? value : -1;
}
