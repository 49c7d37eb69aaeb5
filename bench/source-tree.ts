import { readFileSync } from 'node:fs';
import { scanPaths } from '../core/pipeline/index.ts';
import { alternate, cpuSeconds, wallSeconds } from './alternate.ts';
import { makeTree } from './make-tree.ts';
import type { Row } from './row.ts';
import { inScratch } from './scratch.ts';

const FILES = 25_000;
const BYTES = 270e6;

/** The floor of any scanner in this runtime: each byte of each file is touched once. */
export function sumFiles(files: readonly string[]): number {
  let sum = 0;
  for (const file of files) {
    const bytes = readFileSync(file);
    for (let at = 0; at < bytes.length; at += 1) sum += bytes[at]!;
  }
  return sum;
}

/** All detectors over a source tree on disk, as `cordon scan DIR` runs them, in this process. */
export async function scanTree(dir: string): Promise<void> {
  const started = performance.now();
  const verdict = await scanPaths(
    {
      env: process.env,
      started,
      deadline: Infinity,
      onProgress: () => undefined,
      now: () => new Date(),
    },
    [dir],
  );
  if (process.env['BENCH_DEBUG']) {
    process.stderr.write(`${verdict.verdict}: ${verdict.findings.length} findings\n`);
  }
}

export function benchSourceTree(): Promise<Row[]> {
  return inScratch(async (dir) => {
    const { files, bytes } = makeTree(dir, FILES, BYTES);
    const rows: Row[] = [];
    const ways = [
      ['wall', wallSeconds, 5],
      ['CPU', cpuSeconds, 3],
    ] as const;
    for (const [clock, measure, rounds] of ways) {
      const took = await alternate(
        rounds,
        () => scanTree(dir),
        () => sumFiles(files),
        measure,
      );
      rows.push({
        what: `scan of ${files.length} files, ${(bytes / 1e6).toFixed(0)} MB (${clock})`,
        ours: `${(bytes / 1e6 / took.ours).toFixed(0)} MB/s`,
        against: `read and sum: ${(bytes / 1e6 / took.against).toFixed(0)} MB/s`,
        // Speeds are held against each other, not times.
        ratio: 1 / took.ratio,
        target: { atLeast: 0.4 },
      });
    }
    return rows;
  });
}
