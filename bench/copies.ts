/**
 * Copies: building an index, reading it and asking it, each in ratio to SHA-256 of the same bytes in the
 * same process. The index is of 25 MB of installed source text, what is asked about is other text.
 *
 *     node bench/bench.ts copies
 */
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { decodeIndex, encodeIndex } from '../core/detect/copies/indexing/encode-index.ts';
import { findCopies } from '../core/detect/copies/query/find-copies.ts';
import { createIndexBuilder, updateIndex } from '../core/detect/copies/indexing/index-builder.ts';
import { decodeGeneration, encodeGeneration } from '../core/detect/copies/store/generation-file.ts';
import type { Manifest } from '../core/detect/copies/store/index.ts';
import type { CopyIndex, SourceFile } from '../core/detect/copies/types.ts';
import type { Row } from './row.ts';

const INDEXED = 25e6;
const ASKED = 20e6;
const words = { bits: () => 10 };
const tables = { words, background: { has: () => false } };

/** Source files of the libraries installed here; every fourth library is asked about, the others are indexed. */
function sourceFiles(): { indexed: SourceFile[]; asked: Buffer[] } {
  const indexed: SourceFile[] = [];
  const asked: Buffer[] = [];
  const root = join(import.meta.dirname, '../node_modules');
  const libraries = readdirSync(root)
    .filter((name) => !name.startsWith('.'))
    .sort();
  let [sourceBytes, askedBytes] = [0, 0];
  for (const [number, library] of libraries.entries()) {
    for (const path of sourcesUnder(join(root, library))) {
      const bytes = readFileSync(path);
      if (number % 4 === 0 && askedBytes < ASKED) {
        asked.push(bytes);
        askedBytes += bytes.length;
      } else if (number % 4 !== 0 && sourceBytes < INDEXED) {
        indexed.push({ id: path, path, label: 'restricted', bytes });
        sourceBytes += bytes.length;
      }
    }
  }
  return { indexed, asked };
}

function sourcesUnder(library: string): string[] {
  const found: string[] = [];
  const folders = [library];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    if (!statSync(folder).isDirectory()) continue;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) folders.push(path);
      if (!entry.isFile() || !/(?<!\.min)\.(?:[cm]?[jt]sx?|md)$/.test(entry.name)) continue;
      const { size } = statSync(path);
      if (size >= 300 && size <= 300_000) found.push(path);
    }
  }
  return found;
}

/** Seconds of this process's CPU, the best of `runs`. */
function cpuSeconds(work: () => void, runs = 3): number {
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const before = process.cpuUsage();
    work();
    const used = process.cpuUsage(before);
    best = Math.min(best, (used.user + used.system) / 1e6);
  }
  return best;
}

/** A list of files as a registration keeps it. */
const manifestOf = (files: readonly SourceFile[]): Manifest => ({
  counter: 1,
  made: 1,
  repository: '',
  index: '0'.repeat(32),
  textVersion: '',
  names: true,
  complete: true,
  files: files.map(({ path, label, bytes }, at) => ({
    id: `src-${at.toString(16).padStart(16, '0')}`,
    path,
    label,
    size: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    blobs: [createHash('sha1').update(bytes).digest('hex')],
    lfs: false,
    text: true,
    common: false,
    named: false,
    version: 'work',
    tree: '',
    stamp: { size: bytes.length, mtimeMs: 1, ctimeMs: 1, ino: at },
  })),
});

const hashAll = (all: readonly Buffer[]) => {
  for (const bytes of all) createHash('sha256').update(bytes).digest();
};

const total = (all: readonly Buffer[]) => all.reduce((sum, { length }) => sum + length, 0);

export function benchCopies(): Row[] {
  const { indexed, asked } = sourceFiles();
  const sources = indexed.map(({ bytes }) => bytes);
  const sourceBytes = total(sources);
  let index: CopyIndex | undefined;
  const build = cpuSeconds(() => {
    const builder = createIndexBuilder(tables);
    for (const file of indexed) builder.add(file);
    index = builder.build();
  }, 2);
  if (index === undefined) throw new Error('unreachable');
  const encoded = encodeIndex(index);
  const read = decodeIndex(encoded);
  const find = (bytes: Buffer) => findCopies([read], bytes, { words });
  const decode = cpuSeconds(() => decodeIndex(encoded));
  const secret = randomBytes(32);
  const manifest = manifestOf(indexed);
  const generation = Buffer.concat(encodeGeneration(secret, { manifest, text: encoded }));
  const load = cpuSeconds(() => decodeIndex(decodeGeneration([secret], generation).text));
  const update = cpuSeconds(() => {
    updateIndex(read, { removed: [], added: indexed.slice(7, 8) }, tables);
  });
  for (const bytes of asked.slice(0, 200)) find(bytes);
  const query = cpuSeconds(() => {
    for (const bytes of asked) find(bytes);
  });
  const middle = asked.filter(({ length }) => length >= 5000 && length <= 20_000);
  const times = middle.map((bytes) => 1000 * cpuSeconds(() => find(bytes))).sort((a, b) => a - b);
  const at = (share: number) => times[Math.floor(share * (times.length - 1))] ?? 0;
  const hashSources = cpuSeconds(() => hashAll(sources));
  const hashAsked = cpuSeconds(() => hashAll(asked));
  const hashIndex = cpuSeconds(() => hashAll([encoded]));
  const megabytes = (bytes: number, seconds: number) =>
    `${(bytes / 1e6 / seconds).toFixed(1)} MB/s`;
  const row = (what: string, bytes: number, ours: number, hash: number, atMost: number): Row => ({
    what,
    ours: megabytes(bytes, ours),
    against: `SHA-256: ${megabytes(bytes, hash)}`,
    ratio: ours / hash,
    target: { atMost },
  });
  return [
    row('ask about other text', total(asked), query, hashAsked, 80),
    row('build an index', sourceBytes, build, hashSources, 110),
    {
      what: 'read an index',
      ours: `${(1000 * decode).toFixed(0)} ms for ${(sourceBytes / 1e6).toFixed(0)} MB of source`,
      against: `SHA-256 of the index: ${(1000 * hashIndex).toFixed(1)} ms`,
      ratio: decode / hashIndex,
      value: 1000 * decode,
      target: { atMost: 100 },
    },
    {
      what: 'open a sealed index, with its list of files',
      ours: `${(1000 * load).toFixed(0)} ms for ${indexed.length} files`,
      against: `SHA-256 of the index: ${(1000 * hashIndex).toFixed(1)} ms`,
      ratio: load / hashIndex,
      value: 1000 * load,
      target: { atMost: 60 },
    },
    {
      what: 'one changed file in an index',
      ours: `${(1000 * update).toFixed(0)} ms`,
      against: `a whole build: ${(1000 * build).toFixed(0)} ms`,
      ratio: update / build,
    },
    {
      what: `one text of 5–20 KB, median of ${times.length}`,
      ours: `${at(0.5).toFixed(2)} ms`,
      against: '',
      value: at(0.5),
      target: { atMost: 1 },
    },
    {
      what: 'the same, 95 %',
      ours: `${at(0.95).toFixed(2)} ms`,
      against: '',
      value: at(0.95),
      target: { atMost: 5 },
    },
    {
      what: 'size of an index without a background',
      ours: `${(encoded.length / 1e6).toFixed(1)} MB`,
      against: `its sources: ${(sourceBytes / 1e6).toFixed(1)} MB`,
      ratio: encoded.length / sourceBytes,
      target: { atMost: 0.5 },
    },
  ];
}
