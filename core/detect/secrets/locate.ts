/** Counts lines up to rising offsets, so that a layer without findings is never counted. */
export interface LineCounter {
  /** Offset up to which newlines are counted. */
  at: number;
  /** Newlines before `at`. */
  lines: number;
  /** Offset of the first byte of the line that holds `at`. */
  lineStart: number;
}

export function newLineCounter(): LineCounter {
  return { at: 0, lines: 0, lineStart: 0 };
}

/** Starts again where the place asked for lies behind: halves of a pair are settled late. */
export function rewindTo(counter: LineCounter, to: number): void {
  if (to < counter.at) Object.assign(counter, newLineCounter());
}

/** Moves the counter to `to`. `bytes` begins at offset `base` of the layer, at or before `counter.at`. */
export function countLines(counter: LineCounter, bytes: Buffer, base: number, to: number): void {
  if (to <= counter.at) return;
  const piece = bytes.subarray(counter.at - base, to - base);
  let next = piece.indexOf(0x0a);
  while (next !== -1) {
    counter.lines++;
    counter.lineStart = counter.at + next + 1;
    next = piece.indexOf(0x0a, next + 1);
  }
  counter.at = to;
}

/** UTF-16 code units that UTF-8 bytes decode to. */
export function utf16Length(bytes: Buffer): number {
  let units = 0;
  for (const byte of bytes) if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
  return units;
}
