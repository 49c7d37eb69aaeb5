/**
 * Side by side with what users would otherwise wait for, in one run:
 *
 *     npm run bench                   everything
 *     node bench/bench.ts NAME...     some of it
 *
 * BENCH_FULL=1 also makes the inputs of 10 GB that take minutes to write.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { isMet, renderTable, type Row } from './row.ts';

const benches: Record<string, () => Promise<readonly Row[]>> = {
  'hook-start': async () => (await import('./hook-start.ts')).benchHookStart(),
  prefilter: async () => (await import('./prefilter.ts')).prefilterRows(),
  labels: async () => (await import('./labels.ts')).benchLabels(),
  'source-tree': async () => (await import('./source-tree.ts')).benchSourceTree(),
  push: async () => (await import('./push.ts')).benchPush(),
  'large-files': async () => (await import('./large-files.ts')).benchLargeFiles(),
  copies: async () => (await import('./copies.ts')).benchCopies(),
  record: async () => (await import('./record.ts')).benchRecord(),
  peers: async () => (await import('./peers.ts')).benchPeers(),
};

/** Runs one bench in a process of its own, so that none meets what another left in the heap. */
function runApart(name: string): Row[] {
  const output = execFileSync(process.execPath, [import.meta.filename, '--rows', name], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(output) as Row[];
}

const load = (): string =>
  loadavg()
    .map((one) => one.toFixed(1))
    .join(' ');

function runAll(names: readonly string[]): void {
  const results: { bench: string; load: string; rows: Row[] }[] = [];
  for (const name of names) {
    process.stderr.write(`${name} …\n`);
    results.push({ bench: name, load: load(), rows: runApart(name) });
  }
  const rows = results.flatMap((result) => result.rows);
  process.stdout.write(`${renderTable(rows)}\n`);
  process.stdout.write(`load before and now: ${results[0]?.load ?? ''} / ${load()}\n`);
  const folder = join(import.meta.dirname, 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${new Date().toISOString().replaceAll(':', '')}.json`);
  const machine = {
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model ?? '',
    cores: availableParallelism(),
  };
  const told = results.map((result) => ({
    ...result,
    rows: result.rows.map((row) => ({ ...row, met: isMet(row) })),
  }));
  writeFileSync(file, `${JSON.stringify({ schema: 1, machine, results: told }, null, 2)}\n`);
  process.stdout.write(`${file} (${readdirSync(folder).length} kept)\n`);
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--rows') {
  process.stdout.write(JSON.stringify(await pick(rest[0] ?? '')()));
} else {
  const names = first === undefined ? Object.keys(benches) : [first, ...rest];
  for (const name of names) pick(name);
  runAll(names);
}

function pick(name: string): () => Promise<readonly Row[]> {
  const bench = benches[name];
  if (bench === undefined) {
    throw new Error(`no bench ${name}; there are ${Object.keys(benches).join(', ')}`);
  }
  return bench;
}
