import type { ByteSource } from '../source/byte-source.ts';
import type { Layer } from './layer.ts';

type Origin = NonNullable<Layer['origin']>;

/**
 * Line and column, 1-based, of places in `bytes`. Asked in rising order it reads the bytes once.
 * `first` is where the bytes themselves begin.
 */
export function createPositions(
  bytes: Buffer,
  first: Origin = { line: 1, column: 1 },
): (offset: number) => Origin {
  let at = 0;
  let { line, column } = first;
  return (offset) => {
    if (offset < at) {
      at = 0;
      ({ line, column } = first);
    }
    let lineStart = -1;
    for (
      let next = bytes.indexOf(10, at);
      next >= 0 && next < offset;
      next = bytes.indexOf(10, at)
    ) {
      line += 1;
      lineStart = next + 1;
      at = lineStart;
    }
    if (lineStart >= 0) column = 1;
    // Columns are UTF-16 code units, as editors count them.
    column += bytes.toString('utf8', at, offset).length;
    at = offset;
    return { line, column };
  };
}

/** The same over a source of any size, asked in rising order. Reads nothing until it is asked. */
export function createSourcePositions(
  source: ByteSource,
  first: Origin = { line: 1, column: 1 },
): (offset: number) => Promise<Origin> {
  let at = 0;
  let origin = first;
  return async (offset) => {
    if (offset < at) {
      at = 0;
      origin = first;
    }
    while (at < offset) {
      const chunk = await source.read(at, Math.min(CHUNK_BYTES, offset - at));
      if (chunk.length === 0) break;
      origin = createPositions(chunk, origin)(chunk.length);
      at += chunk.length;
    }
    return origin;
  };
}

const CHUNK_BYTES = 1024 * 1024;
