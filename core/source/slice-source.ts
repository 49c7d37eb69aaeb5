import type { ByteSource } from './byte-source.ts';
import { streamChunks } from './stream-chunks.ts';

/**
 * Bytes `start .. end` of another source, without copying: a stored zip entry, a tar member.
 * Both ends are cut to the source. Closing the slice leaves the source open.
 */
export function sliceSource(source: ByteSource, start: number, end: number): ByteSource {
  const from = Math.min(Math.max(start, 0), source.size);
  const size = Math.max(Math.min(end, source.size) - from, 0);
  const slice = {
    size,
    read: (offset: number, length: number) => {
      const at = Math.min(Math.max(offset, 0), size);
      return source.read(from + at, Math.min(length, size - at));
    },
  };
  return {
    ...slice,
    stream: (streamStart = 0) => streamChunks(slice, streamStart),
    close: () => Promise.resolve(),
  };
}
