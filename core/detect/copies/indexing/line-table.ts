/**
 * How many positions stand on which line of one stream, about a byte a line: the count in the low six
 * bits and the lines gone on less one in the high two; 0 in the low bits: both follow as LEB128.
 */
export function packLines(lineOf: (position: number) => number, positions: number): Uint8Array {
  const packed: number[] = [];
  let line = 0;
  for (let at = 0; at < positions;) {
    const here = lineOf(at);
    let end = at + 1;
    while (end < positions && lineOf(end) === here) end++;
    const step = here - line;
    const count = end - at;
    if (step >= 1 && step <= 4 && count <= 63) packed.push(((step - 1) << 6) | count);
    else {
      packed.push(0);
      pushVarint(packed, step);
      pushVarint(packed, count);
    }
    line = here;
    at = end;
  }
  return Uint8Array.from(packed);
}

function pushVarint(to: number[], value: number): void {
  let rest = value;
  for (; rest > 127; rest >>>= 7) to.push((rest & 127) | 128);
  to.push(rest);
}

/** The line of a position, from the table that begins at `from`; the last one told where it is cut. */
export function lineAt(table: Uint8Array, from: number, to: number, position: number): number {
  let line = 0;
  let left = position;
  let at = from;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; at < to && shift < 35; shift += 7) {
      const byte = table[at++] ?? 0;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < to) {
    const byte = table[at++] ?? 0;
    let count = byte & 63;
    if (byte === 0) {
      line += varint();
      count = varint();
    } else line += (byte >> 6) + 1;
    if (left < count) return line;
    left -= count;
  }
  return line;
}
