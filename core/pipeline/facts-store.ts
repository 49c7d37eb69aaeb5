import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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
    (fact) => fact.kind === 'uninspected' && circumstantial.has(fact.rule),
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
      lines.push(`${oid} ${JSON.stringify(kept)}\n`);
      pending.set(name, lines);
    },
    flush() {
      if (pending.size === 0) return;
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      for (const [name, lines] of pending) {
        // One append a shard: two hooks at once interleave whole lines, and a torn one is passed over.
        appendFileSync(join(folder, name), lines.join(''), { mode: 0o600 });
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
    const space = line.indexOf(' ');
    if (space < 40) continue;
    const kept = parseKept(line.slice(space + 1));
    if (kept !== undefined) shard.set(line.slice(0, space), kept);
  }
  return shard;
}

function parseKept(text: string): Kept | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { f, b } = value as { f?: unknown; b?: unknown };
    if (typeof b !== 'number' || (f !== undefined && !Array.isArray(f))) return undefined;
    return value as Kept;
  } catch {
    return undefined;
  }
}
