/**
 * Loaded before a program (`node --import`): at its end, writes what it took to BENCH_WATCH. Bytes
 * read are the system's own count (Linux), children included, so no way to read is missed.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

export interface Watched {
  /** Peak resident memory. */
  readonly residentBytes: number;
  /** Bytes that read calls gave; undefined where the system does not count them. */
  readonly readBytes?: number;
}

const file = process.env['BENCH_WATCH'];
if (file !== undefined) {
  process.on('exit', () => {
    const told: Watched = {
      residentBytes: process.resourceUsage().maxRSS * 1024,
      ...readCount(),
    };
    writeFileSync(file, JSON.stringify(told));
  });
}

function readCount(): Pick<Watched, 'readBytes'> {
  if (!existsSync('/proc/self/io')) return {};
  const count = /^rchar: (\d+)$/m.exec(readFileSync('/proc/self/io', 'latin1'))?.[1];
  return count === undefined ? {} : { readBytes: Number(count) };
}
