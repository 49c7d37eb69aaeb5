/** A half-open range of bytes. */
interface Part {
  readonly start: number;
  readonly end: number;
}

const WINDOW = 256;
/** Control characters a window may hold: of random bytes one window in ten thousand holds so few. */
const MOST_CONTROLS = 10;
/** Fewer bytes hold no copy. */
const FEWEST_BYTES = 2 * WINDOW;

/** 1 for the control characters that text does not use. */
const CONTROL = new Uint8Array(256);
for (let byte = 0; byte < 0x20; byte += 1) {
  if (byte !== 0x1b && (byte < 0x08 || byte > 0x0d)) CONTROL[byte] = 1;
}
CONTROL[0x7f] = 1;

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
    const isText = controls * WINDOW <= MOST_CONTROLS * (end - at);
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

function add(parts: Part[], start: number, end: number): void {
  const from = Math.max(0, start - WINDOW);
  if (end - start >= FEWEST_BYTES) parts.push({ start: from, end });
}
