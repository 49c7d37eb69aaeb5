import type { ByteSource } from './byte-source.ts';

/** The largest chunk that `ByteSource.stream` gives: the contract's 1 MiB. */
export const STREAM_CHUNK_BYTES = 1024 * 1024;

/** `stream` for sources that can only `read`. */
export async function* streamChunks(
  source: Pick<ByteSource, 'size' | 'read'>,
  start: number,
): AsyncGenerator<Buffer> {
  for (let at = start; at < source.size; at += STREAM_CHUNK_BYTES) {
    yield await source.read(at, Math.min(STREAM_CHUNK_BYTES, source.size - at));
  }
}
