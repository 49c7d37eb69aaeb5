import { PRINTABLE } from './alphabets.ts';

const LEAST_CHARACTERS = 16;
const STEP = 16;

/**
 * UTF-16 text inside binary content, such as a program's strings or a registry file: all pieces of
 * at least sixteen ASCII characters, a line each. Looks at every sixteenth byte first.
 */
export function findWideStrings(bytes: Buffer): Buffer {
  const lines: Buffer[] = [];
  for (let probe = 0; probe + 3 < bytes.length; probe += STEP) {
    const low = bytes[probe + 1] === 0 ? probe : probe + 1;
    if (!isWide(bytes, low) || !isWide(bytes, low + 2)) continue;
    let start = low;
    while (start >= 2 && isWide(bytes, start - 2)) start -= 2;
    let end = low + 2;
    while (isWide(bytes, end)) end += 2;
    if (end - start >= 2 * LEAST_CHARACTERS) {
      lines.push(Buffer.from(`${bytes.toString('utf16le', start, end)}\n`, 'latin1'));
    }
    probe = Math.max(probe, end - (end % STEP));
  }
  return lines.length === 0 ? NOTHING : Buffer.concat(lines);
}

const NOTHING = Buffer.alloc(0);

/** A printable byte and a NUL. In big-endian text the same pairs stand one byte further on. */
function isWide(bytes: Buffer, at: number): boolean {
  return PRINTABLE[bytes[at] ?? 0] === 1 && bytes[at + 1] === 0;
}
