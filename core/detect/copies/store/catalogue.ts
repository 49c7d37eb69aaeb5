import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CordonError } from '../../../error.ts';
import { errnoOf } from '../../../source/file-source.ts';
import { createExactTier, type ExactTier } from './exact-tier.ts';
import type { Generation } from './generation-file.ts';
import { currentOf, indexesIn, readGeneration } from './index-folder.ts';
import type { Manifest } from './manifest.ts';

/** One index of this machine, opened. */
export interface OpenIndex<Index> {
  /** The folder's name: a repository's id, or `imported-` and the index's. */
  readonly name: string;
  readonly imported: boolean;
  readonly manifest: Manifest;
  readonly index: Index;
}

/** An index that is there and says nothing: what it holds cannot be looked for. */
export interface UnreadableIndex {
  readonly name: string;
  readonly code: 'copies.no-key' | 'copies.wrong-key' | 'copies.bad-file';
  readonly reason: string;
}

/** All indexes of this machine, for this user: a paste between two repositories needs no export. */
export interface IndexSet<Index> {
  /** Another one whenever any generation is: part of the key under which facts are kept. */
  readonly key: string;
  readonly members: readonly OpenIndex<Index>[];
  readonly indexes: readonly Index[];
  readonly exact: ExactTier;
  /** Never left out silently: the caller decides what an act makes of it. */
  readonly unreadable: readonly UnreadableIndex[];
}

/** Turns the text part of a generation into what can be asked. */
export type DecodeText<Index> = (generation: Generation) => Index;

const INDEX_FOLDER = /^(?:imported-)?[0-9a-f]{32}$/;

/** What this process opened before, by folder and generation: an editor asks at each keystroke. */
const opened = new WeakMap<DecodeText<unknown>, Map<string, { name: string; open: unknown }>>();

/**
 * Opens every index under the user's data folder: each repository's own and each imported one. Throws
 * nothing for an index that cannot be read: it is told in `unreadable`.
 */
export function openCatalogue<Index>(
  dataFolder: string,
  decode: DecodeText<Index>,
): IndexSet<Index> {
  const kept = (opened.get(decode) ?? new Map()) as Map<
    string,
    { name: string; open: OpenIndex<Index> }
  >;
  opened.set(decode, kept);
  const members: OpenIndex<Index>[] = [];
  const unreadable: UnreadableIndex[] = [];
  const key = createHash('sha256');
  for (const name of foldersIn(dataFolder, unreadable)) {
    const folder = join(indexesIn(dataFolder), name);
    try {
      const current = currentOf(folder);
      if (current === undefined) continue;
      key.update(`${name} ${current}\n`);
      const known = kept.get(folder);
      const open = known?.name === current ? known.open : openOne(name, folder, decode);
      if (open === undefined) continue;
      kept.set(folder, { name: current, open });
      members.push(open);
    } catch (error) {
      kept.delete(folder);
      const told = asUnreadable(name, error);
      key.update(`${name} ${told.code} ${told.reason}\n`);
      unreadable.push(told);
    }
  }
  return {
    key: key.digest('hex').slice(0, 32),
    members,
    indexes: members.map(({ index }) => index),
    exact: createExactTier(members.map(({ manifest }) => manifest)),
    unreadable,
  };
}

function openOne<Index>(
  name: string,
  folder: string,
  decode: DecodeText<Index>,
): OpenIndex<Index> | undefined {
  const generation = readGeneration(folder);
  if (generation === undefined) return undefined;
  const { manifest } = generation;
  return { name, imported: name.startsWith('imported-'), manifest, index: decode(generation) };
}

function foldersIn(dataFolder: string, unreadable: UnreadableIndex[]): string[] {
  try {
    const names = readdirSync(indexesIn(dataFolder));
    return names.filter((name) => INDEX_FOLDER.test(name)).sort();
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') unreadable.push(asUnreadable('copies', error));
    return [];
  }
}

function asUnreadable(name: string, error: unknown): UnreadableIndex {
  if (!(error instanceof CordonError)) {
    return { name, code: 'copies.bad-file', reason: errnoOf(error) };
  }
  const { code, data } = error;
  const reason = String(data['reason'] ?? '');
  return code === 'copies.no-key' || code === 'copies.wrong-key'
    ? { name, code, reason }
    : { name, code: 'copies.bad-file', reason };
}
