import { statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { CordonError } from '../error.ts';
import { manifestName } from './manifest.ts';
import type { FileBefore, Manifest, ManifestEntry } from './manifest.ts';
import { exists, freshPath, readFileAt, resolvePath, sha256 } from './write-file.ts';
import type { FileState } from './write-file.ts';

/** One file to be made or edited. */
export interface FileChange {
  readonly path: string;
  /** Of a file that is created; one that is edited keeps its own, unless `owned`. */
  readonly mode: number;
  /** The mode is Cordon's to set: git skips a hook that is not executable, in silence. */
  readonly owned?: boolean;
  /**
   * Folder that the file must lie in, links followed: a clone may hold a `.husky/pre-push` that leads
   * to the reader's own `.profile`.
   */
  readonly within: string;
  /**
   * What shall stand there and, for a file that is the user's too, what would stand there without
   * Cordon. `undefined` leaves the file alone.
   */
  readonly make: (current: Buffer | undefined) => Made | undefined;
}

interface Made {
  readonly bytes: Buffer;
  readonly without?: Buffer;
}

export interface Touched {
  readonly path: string;
  readonly how: 'created' | 'edited' | 'unchanged' | 'removed' | 'restored' | 'kept' | 'moved';
}

/** A file as it is to be, the name it is written to first, and what it was. */
export interface Placement extends FileState {
  readonly path: string;
  readonly fresh: string;
  readonly was: FileState | undefined;
}

export interface ChangePlan {
  /** In the order in which they are to be put in place. */
  readonly placements: readonly Placement[];
  /** Folders that are missing, outermost first. */
  readonly folders: readonly string[];
  readonly files: readonly ManifestEntry[];
  readonly touched: readonly Touched[];
}

/** Reads what stands there and says what must be written where. Writes nothing. */
export function planChanges(
  commonDir: string,
  changes: readonly FileChange[],
  previous: Manifest | undefined,
  onStep: (step: string) => void,
): ChangePlan {
  const backups: Placement[] = [];
  const placements: Placement[] = [];
  const touched: Touched[] = [];
  const kept = new Map((previous?.files ?? []).map((entry) => [entry.path, entry]));
  for (const change of changes) {
    onStep(`plan ${basename(change.path)}`);
    const own = planOne(commonDir, change);
    const how = own === undefined ? 'unchanged' : own.was === undefined ? 'created' : 'edited';
    touched.push({ path: change.path, how });
    if (own === undefined) continue;
    placements.push(own);
    const key = relative(commonDir, own.path);
    const entry = entryFor(key, own, kept.get(key));
    if (entry.before !== undefined && entry.before !== kept.get(key)?.before && own.without) {
      const place = join(commonDir, 'cordon', 'backup', entry.before.backup);
      backups.push(placement(place, own.without, entry.before.mode));
    }
    kept.set(key, entry);
  }
  const all = [...backups, ...placements];
  return {
    placements: all,
    folders: missingFolders([
      join(commonDir, 'cordon', manifestName),
      ...all.map(({ path }) => path),
    ]),
    files: [...kept.values()],
    touched,
  };
}

export const placement = (path: string, bytes: Buffer, mode: number): Placement => ({
  path,
  fresh: freshPath(path),
  bytes,
  mode,
  was: readFileAt(path),
});

function planOne(
  commonDir: string,
  { path: named, mode, owned = false, within, make }: FileChange,
): (Placement & { readonly without?: Buffer }) | undefined {
  const path = resolvePath(named);
  if (!lies(path, within)) throw new CordonError('install.foreign-hook', { path, reason: 'link' });
  const was = readFileAt(path);
  const wanted = make(was?.bytes);
  if (wanted === undefined) return undefined;
  const newMode = was === undefined || owned ? mode : was.mode;
  if (was?.mode === newMode && was.bytes.equals(wanted.bytes)) return undefined;
  const isConfig = named === join(commonDir, 'config');
  return {
    ...wanted,
    path,
    fresh: isConfig ? `${path}.lock` : freshPath(path),
    mode: newMode,
    was,
  };
}

/** Follows the links of the part of `path` that is there. */
function lies(path: string, folder: string): boolean {
  let there = path;
  while (!exists(there)) there = dirname(there);
  const way = relative(resolvePath(folder), resolvePath(there));
  return !way.startsWith('..') && !isAbsolute(way) && realLink(there);
}

/** False for a link that leads nowhere. */
const realLink = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;

function entryFor(
  key: string,
  { bytes, was, without }: Placement & { readonly without?: Buffer },
  old: ManifestEntry | undefined,
): ManifestEntry {
  const after = sha256(bytes);
  if (was === undefined) return { path: key, after };
  // Nobody touched it since Cordon did: what stood there first is already kept.
  if (old !== undefined && old.after === sha256(was.bytes)) return { ...old, after };
  if (without === undefined) return { path: key, after };
  const before: FileBefore = {
    sha256: sha256(without),
    mode: was.mode,
    backup: sha256(Buffer.from(key)).slice(0, 16),
  };
  return { path: key, after, before };
}

function missingFolders(paths: readonly string[]): string[] {
  const missing = new Set<string>();
  const add = (folder: string): void => {
    if (missing.has(folder) || exists(folder)) return;
    add(dirname(folder));
    missing.add(folder);
  };
  for (const path of paths) add(dirname(path));
  return [...missing];
}
