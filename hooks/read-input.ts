import { readSync } from 'node:fs';

const CHUNK_BYTES = 64 * 1024;
const WAIT_MS = 5;

/** All of standard input. Whoever starts the hook may hand it a pipe that says "not yet" (EAGAIN). */
export function readInput(): Buffer {
  const chunks: Buffer[] = [];
  for (;;) {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    const count = readSome(chunk);
    if (count === 0) return Buffer.concat(chunks);
    if (count !== undefined) chunks.push(chunk.subarray(0, count));
  }
}

function readSome(into: Buffer): number | undefined {
  try {
    return readSync(0, into);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Windows says so where POSIX gives 0.
    if (code === 'EOF') return 0;
    if (code !== 'EAGAIN') throw error;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WAIT_MS);
    return undefined;
  }
}
