/**
 * The literal prefilter of the secrets detector against the two usual ways to look for many words:
 * one regular expression of all of them, and `Buffer.indexOf` for each. All on the same bytes, in
 * one run; only the ratios mean anything on a shared machine.
 *
 *     npx node bench/prefilter.ts [MB]
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildAutomaton } from '../core/detect/secrets/automaton.ts';
import { BLOCK_BYTES, findKeywords } from '../core/detect/secrets/prefilter.ts';
import { rules } from '../core/detect/secrets/rules/index.ts';
import { secretsDetector } from '../core/detect/secrets/detector.ts';
import type { Row } from './row.ts';

export interface PrefilterRow {
  readonly what: string;
  /** Megabytes (10^6) a second of CPU time. */
  readonly speed: number;
  /** Against the one regular expression in the same run. */
  readonly ratio: number;
}

const LITERALS = 250;
const PREFILTER = 'the prefilter, 250 literals';
const FILLER = 'abcdefghijklmnopqrstuvwxyz0123456789_-';

/** The rules' own keywords, and as many made-up prefixes as are missing to 250. */
function literals(): string[] {
  const own = rules.flatMap((rule) => rule.keywords.map((word) => word.toLowerCase()));
  const words = new Set(own.filter((word) => word.length >= 4));
  let seed = 1;
  const next = () => (seed = (seed * 48271) % 2147483647);
  while (words.size < LITERALS) {
    const length = 5 + (next() % 8);
    words.add(Array.from({ length }, () => FILLER[next() % FILLER.length]).join(''));
  }
  return [...words].slice(0, LITERALS);
}

/** Source text of the libraries installed here, up to `bytes`, over again if there is less. */
function sourceText(bytes: number): Buffer {
  const text = Buffer.alloc(bytes);
  let filled = 0;
  const folders = [join(import.meta.dirname, '../node_modules')];
  for (let folder = folders.pop(); folder !== undefined && filled < bytes; folder = folders.pop()) {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat?.isDirectory() === true) folders.push(path);
      else if (/\.(?:[cm]?[jt]s|md|json)$/.test(name) && (stat?.size ?? Infinity) < 4_000_000) {
        filled += readFileSync(path).copy(text, filled);
      }
    }
  }
  for (let have = filled; have < bytes; have *= 2) text.copy(text, have, 0, have);
  return text;
}

/** Best of three, in seconds of this process's CPU. */
function cpuSeconds(work: () => void): number {
  let best = Infinity;
  for (let run = 0; run < 3; run++) {
    const before = process.cpuUsage();
    work();
    const used = process.cpuUsage(before);
    best = Math.min(best, (used.user + used.system) / 1e6);
  }
  return best;
}

function countByAutomaton(automaton: ReturnType<typeof buildAutomaton>, text: Buffer): number {
  let count = 0;
  for (let at = 0; at < text.length; at += BLOCK_BYTES) {
    count += findKeywords(automaton, text, at, Math.min(text.length, at + BLOCK_BYTES)).count;
  }
  return count;
}

/** Measures on `megabytes` of text. The slow ways are measured on less of it. */
export async function benchPrefilter(megabytes = 64): Promise<PrefilterRow[]> {
  const words = literals();
  const text = sourceText(megabytes * 1e6);
  const less = text.subarray(0, Math.min(text.length, 16e6));
  const least = text.subarray(0, 4e6);
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const automaton = buildAutomaton(words);
  const one = new RegExp(escaped.join('|'), 'gi');
  const speeds: [string, number][] = [];
  const add = (what: string, bytes: number, work: () => void) => {
    speeds.push([what, bytes / 1e6 / cpuSeconds(work)]);
  };
  add(`one regular expression of ${words.length} words`, less.length, () => {
    let count = 0;
    for (let at = 0; at < less.length; at += BLOCK_BYTES) {
      const piece = less.toString('latin1', at, at + BLOCK_BYTES);
      for (const _ of piece.matchAll(one)) count++;
    }
    if (count < 0) throw new Error('unreachable');
  });
  add('Buffer.indexOf for each word', least.length, () => {
    for (const word of words) {
      let at = least.indexOf(word, 0, 'latin1');
      while (at !== -1) at = least.indexOf(word, at + 1, 'latin1');
    }
  });
  add(PREFILTER, text.length, () => countByAutomaton(automaton, text));
  add('building the automaton, per word list', 1e6, () => buildAutomaton(words));
  add('the whole secrets detector', text.length, () => {
    for (let at = 0; at < text.length; at += 65536) {
      detectPiece(text.subarray(at, at + 65536));
    }
  });
  const base = speeds[0]?.[1] ?? 1;
  return speeds.map(([what, speed]) => ({ what, speed, ratio: speed / base }));
}

function detectPiece(bytes: Buffer): void {
  const read = (offset: number, length: number) => bytes.subarray(offset, offset + length);
  void secretsDetector.detect(
    {
      way: '',
      depth: 0,
      form: 'text',
      bytes,
      skip: [],
      source: {
        size: bytes.length,
        read,
        async *stream() {
          yield bytes;
        },
        async close() {},
      },
    },
    { emit: () => true, fingerprint: () => 'c1:', deadline: Infinity },
  );
}

/** The prefilter's line of the table, and what else was measured beside it. */
export async function prefilterRows(): Promise<Row[]> {
  const rows = await benchPrefilter();
  const base = rows[0];
  return rows.slice(1).map(({ what, speed, ratio }) => ({
    what,
    ours: `${speed.toFixed(0)} MB/s`,
    against: `${base?.what ?? ''}: ${base?.speed.toFixed(0) ?? ''} MB/s`,
    ratio,
    ...(what === PREFILTER && { target: { atLeast: 4 } }),
  }));
}

if (process.argv[1] === import.meta.filename) {
  for (const row of await benchPrefilter(Number(process.argv[2] ?? 64))) {
    process.stdout.write(
      `${row.what.padEnd(48)} ${row.speed.toFixed(0).padStart(7)} MB/s ${row.ratio.toFixed(2)}x\n`,
    );
  }
}
