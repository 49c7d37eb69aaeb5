import type { ByteSource } from './byte-source.ts';
import { STREAM_CHUNK_BYTES } from './stream-chunks.ts';

/** Bytes already in memory as a ByteSource. Reads share the buffer's memory and never wait. */
export function bufferSource(bytes: Buffer): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => bytes.subarray(offset, offset + length),
    async *stream(start = 0) {
      for (let at = start; at < bytes.length; at += STREAM_CHUNK_BYTES) {
        yield bytes.subarray(at, at + STREAM_CHUNK_BYTES);
      }
    },
    close: () => Promise.resolve(),
  };
}
