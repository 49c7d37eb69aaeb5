/** A half-open range of bytes. */
interface Part {
  readonly start: number;
  readonly end: number;
}

const WINDOW = 256;
/** Control characters a window may hold: of random bytes one window in ten thousand holds so few. */
const MOST_CONTROLS = 10;
/** Or this many printable ones: records of a database have controls, programs have fewer letters. */
const FEWEST_PRINTABLE = 180;
/** Fewer bytes hold no copy. */
const FEWEST_BYTES = 2 * WINDOW;

/** 1 for the control characters that text does not use. */
const CONTROL = new Uint8Array(256);
for (let byte = 0; byte < 0x20; byte += 1) {
  if (byte !== 0x1b && (byte < 0x08 || byte > 0x0d)) CONTROL[byte] = 1;
}
CONTROL[0x7f] = 1;

/** 1 for what is printable in ASCII. */
const PRINTABLE = new Uint8Array(256).fill(1, 0x20, 0x7f);

/**
 * The parts of binary content that read as text, whole windows of it: a program with a NUL before it, or
 * put behind a picture. Everything else would be a slow search for nothing.
 */
export function textParts(bytes: Buffer): Part[] {
  const parts: Part[] = [];
  let start = -1;
  for (let at = 0; at < bytes.length; at += WINDOW) {
    const end = Math.min(bytes.length, at + WINDOW);
    let controls = 0;
    for (let i = at; i < end; i += 1) controls += CONTROL[bytes[i] as number] as number;
    const isText = controls * WINDOW <= MOST_CONTROLS * (end - at) || hasLetters(bytes, at, end);
    if (isText && start < 0) start = at;
    if (!isText && start >= 0) {
      // The window that ends it may begin with text.
      add(parts, start, end);
      start = -1;
    }
  }
  if (start >= 0) add(parts, start, bytes.length);
  return parts;
}

function hasLetters(bytes: Buffer, from: number, to: number): boolean {
  let count = 0;
  for (let at = from; at < to; at += 1) count += PRINTABLE[bytes[at] as number] as number;
  return count * WINDOW >= FEWEST_PRINTABLE * (to - from);
}

function add(parts: Part[], start: number, end: number): void {
  const from = Math.max(0, start - WINDOW);
  if (end - start >= FEWEST_BYTES) parts.push({ start: from, end });
}
