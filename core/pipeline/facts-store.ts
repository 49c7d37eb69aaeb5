import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Fact, Inspection, Oid } from '../model.ts';

/**
 * What was seen in a git object, kept by object id and detectors' versions: facts about an object
 * never change, so the second push is fast. A verdict is never kept. Whoever can write here can
 * also skip the hook: this is a cache, not evidence.
 */
export interface FactsStore {
  get(oid: Oid): Inspection | undefined;
  put(oid: Oid, inspection: Inspection): void;
  /** Writes what was put since the last call. A failure to write costs time at the next push, no more. */
  flush(): void;
}

type Kept = { readonly f?: readonly Fact[]; readonly b: number; readonly s?: number };

/** Facts that tell of the circumstances, not of the bytes: looked at again the next time. */
const circumstantial = new Set(['time-budget', 'missing', 'unreadable']);

export function mayBeKept(inspection: Inspection): boolean {
  return !inspection.facts.some(
    (fact) =>
      fact.kind === 'uninspected' &&
      // That LFS holds other bytes than a pointer means is told with the pointer's own id and size.
      (circumstantial.has(fact.rule) || /^[0-9a-f]{64} \d+$/.test(fact.detail ?? '')),
  );
}

/**
 * @param dir the folder of this repository's facts, made when first needed.
 * @param key names detectors, their versions and the salt: other keys never see each other's facts.
 */
export function openFactsStore(dir: string, key: string): FactsStore {
  const folder = join(dir, key);
  const shards = new Map<string, Map<string, Kept>>();
  const pending = new Map<string, string[]>();

  // Two digits give 256 files: a small push reads a few of them, not the whole history's facts.
  const shardOf = (oid: Oid) => oid.slice(0, 2);
  // Asked once: the first push of many objects would try to open 256 files that are not there.
  let present: ReadonlySet<string> | undefined;

  const load = (name: string): Map<string, Kept> => {
    const loaded = shards.get(name);
    if (loaded !== undefined) return loaded;
    present ??= filesIn(folder);
    const shard = present.has(name) ? readShard(join(folder, name)) : new Map<string, Kept>();
    shards.set(name, shard);
    return shard;
  };

  return {
    get(oid) {
      const kept = load(shardOf(oid)).get(oid);
      return kept && { facts: kept.f ?? [], bytes: kept.b, skippedBytes: kept.s ?? 0 };
    },
    put(oid, inspection) {
      if (!mayBeKept(inspection)) return;
      const kept: Kept = {
        b: inspection.bytes,
        ...(inspection.facts.length > 0 && { f: inspection.facts }),
        ...(inspection.skippedBytes > 0 && { s: inspection.skippedBytes }),
      };
      const name = shardOf(oid);
      load(name).set(oid, kept);
      const lines = pending.get(name) ?? [];
      const text = JSON.stringify(kept);
      lines.push(`${oid} ${sumOf(oid, text)} ${text}\n`);
      pending.set(name, lines);
    },
    flush() {
      if (pending.size === 0) return;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const [name, lines] of pending) {
        // One append a shard: two hooks at once interleave whole lines, and a torn one is passed over.
        // It may have been torn before its end: a line of its own comes first.
        appendFileSync(join(folder, name), `\n${lines.join('')}`, { mode: 0o600 });
      }
      pending.clear();
    },
  };
}

function filesIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(folder));
  } catch {
    // Not there yet, or not readable: then nothing is known, and everything is looked at.
    return new Set();
  }
}

function readShard(file: string): Map<string, Kept> {
  const shard = new Map<string, Kept>();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // Not readable: then nothing is known, and everything is looked at.
    return shard;
  }
  for (const line of text.split('\n')) {
    const [oid = '', sum = ''] = line.split(' ', 2);
    const kept = line.slice(oid.length + sum.length + 2);
    // A line that is torn, or that a failing disk changed, must neither be believed nor crash a hook.
    if (oid.length >= 40 && sum === sumOf(oid, kept)) shard.set(oid, JSON.parse(kept) as Kept);
  }
  return shard;
}

const sumOf = (oid: string, text: string): string => crc32(`${oid} ${text}`).toString(16);
