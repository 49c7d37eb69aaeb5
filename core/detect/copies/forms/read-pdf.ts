import { createFormWriter, type PlainForm } from './plain-form.ts';

const NEWLINE = 10;
const BACKSLASH = 0x5c;
const SHOWS = [Buffer.from('Tj'), Buffer.from('TJ')];
/** A piece of an array that is moved on by as much stands behind a blank. */
const BLANK = -200;

/** What the text operators of a page of a PDF show, in codes that are letters. Undefined where there are none. */
export function readPdf(text: Buffer): PlainForm | undefined {
  if (!text.includes('BT') || !SHOWS.some((operator) => text.includes(operator))) return undefined;
  const writer = createFormWriter(text.length);
  let line = 1;
  let open = false;
  for (let at = 0; at < text.length;) {
    const byte = text[at] as number;
    if (byte === 0x28) {
      at = writeLiteral(at + 1);
      open = true;
    } else if (byte === 0x3c && text[at + 1] !== 0x3c) {
      at = writeHex(at + 1);
      open = true;
    } else if (byte === 0x2d) {
      const moved = numberAt(at);
      if (moved.value <= BLANK) writer.putByte(0x20);
      at = moved.end;
    } else {
      // All that sets a place ends a line; what only shows does not.
      if (open && endsLine(at)) {
        writer.endLine(line);
        open = false;
      }
      if (byte === NEWLINE) line += 1;
      at += 1;
    }
  }
  if (open) writer.endLine(line);
  return writer.take();

  function endsLine(at: number): boolean {
    const byte = text[at];
    if (byte === 0x54) {
      const next = text[at + 1];
      return next === 0x2a || next === 0x64 || next === 0x44 || next === 0x6d;
    }
    return (byte === 0x45 && text[at + 1] === 0x54) || byte === 0x27;
  }

  function writeLiteral(from: number): number {
    let depth = 1;
    let at = from;
    for (; at < text.length; at += 1) {
      let byte = text[at] as number;
      if (byte === BACKSLASH) {
        at += 1;
        byte = text[at] ?? 0;
        if (byte === 0x6e) byte = 0x20;
      } else if (byte === 0x28) depth += 1;
      else if (byte === 0x29) {
        depth -= 1;
        if (depth === 0) return at + 1;
      }
      if (byte === NEWLINE) line += 1;
      else writer.putByte(byte);
    }
    return at;
  }

  function writeHex(from: number): number {
    const close = text.indexOf(0x3e, from);
    const end = close < 0 || close - from > LONGEST_HEX ? from : close;
    for (const byte of Buffer.from(text.toString('latin1', from, end), 'hex')) {
      // Codes of two bytes have a zero before each letter.
      if (byte !== 0) writer.putByte(byte);
    }
    return Math.max(from, end + 1);
  }

  function numberAt(at: number): { value: number; end: number } {
    let value = 0;
    let end = at + 1;
    for (; isDigit(text[end]); end += 1) value = value * 10 + ((text[end] as number) - 0x30);
    return { value: -value, end };
  }
}

const LONGEST_HEX = 4096;

const isDigit = (byte: number | undefined): boolean =>
  byte !== undefined && byte >= 0x30 && byte <= 0x39;
