import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { CordonError } from '../error.ts';
import { formatManifest, manifestName } from './manifest.ts';
import type { FileBefore, Manifest, ManifestEntry } from './manifest.ts';
import { removeIfEmpty } from './runtime-users.ts';
import { asWriteError, systemCode } from './write-errors.ts';

/** One file to be made or edited. */
export interface FileChange {
  readonly path: string;
  /** Of a file that is created; one that is edited keeps its own, unless `owned`. */
  readonly mode: number;
  /** The mode is Cordon's to set: git skips a hook that is not executable, in silence. */
  readonly owned?: boolean;
  /**
   * What shall stand there and, for a file that is the user's too, what would stand there without
   * Cordon. `undefined` leaves the file alone.
   */
  readonly make: (current: Buffer | undefined) => Made | undefined;
}

export interface Made {
  readonly bytes: Buffer;
  readonly without?: Buffer;
}

export interface Touched {
  readonly path: string;
  readonly how: 'created' | 'edited' | 'unchanged' | 'removed' | 'restored' | 'kept' | 'moved';
}

export interface Applied {
  readonly touched: readonly Touched[];
  /** Puts every file back to what it was before this run. */
  readonly undo: () => void;
}

interface Planned {
  readonly path: string;
  readonly fresh: string;
  readonly bytes: Buffer;
  readonly mode: number;
  readonly was: { readonly bytes: Buffer; readonly mode: number } | undefined;
}

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** A file's content and mode; `undefined` where nothing stands. @throws CordonError `install.foreign-hook`. */
export function readFileAt(path: string): { bytes: Buffer; mode: number } | undefined {
  try {
    const stat = lstatSync(path);
    if (!stat.isFile()) throw new CordonError('install.foreign-hook', { path });
    return { bytes: readFileSync(path), mode: stat.mode & 0o7777 };
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw asWriteError(error, path);
  }
}

/** A link is followed: replacing it by a file would cut the user's file off from it. */
function resolvePath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw asWriteError(error, path);
    return path;
  }
}

/** Written through to the disk, so that a rename never names half a file. */
function writeThrough(path: string, bytes: Buffer, mode: number, flags: 'wx' | 'r+' = 'wx'): void {
  const file = openSync(path, flags, mode);
  try {
    writeFileSync(file, bytes);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  chmodSync(path, mode);
}

/**
 * Makes all changes or none. Contents go to files beside their places first; the manifest is written
 * before the first rename, so that even a killed run can be taken back; renames follow in the order
 * given. Git's configuration is written under git's own lock.
 *
 * @param describe The manifest without its files and folders.
 * @param madeBefore Folders that this run made already; they go with the rest.
 * @param onStep Called before each step with its name; what it throws undoes everything.
 * @throws CordonError `install.read-only`, `io.disk-full`, `install.foreign-hook`, `git.failed`
 *   (another git process holds the configuration's lock).
 */
export function changeFiles(
  commonDir: string,
  changes: readonly FileChange[],
  previous: Manifest | undefined,
  describe: Omit<Manifest, 'files' | 'folders'>,
  onStep: (step: string) => void = () => undefined,
  madeBefore: readonly string[] = [],
): Applied {
  const cordon = join(commonDir, 'cordon');
  const folders: string[] = [...madeBefore];
  const leftovers: string[] = [];
  const done: Planned[] = [];
  const made = new Set<string>();

  const makeFolder = (path: string): void => {
    if (made.has(path)) return;
    made.add(path);
    const parent = dirname(path);
    if (!exists(parent)) makeFolder(parent);
    if (exists(path)) return;
    mkdirSync(path, { mode: 0o777 });
    folders.push(path);
  };

  const undo = (): void => {
    for (const { path, was } of done.toReversed()) {
      if (was === undefined) rmSync(path, { force: true });
      else replaceFile(path, was.bytes, was.mode);
    }
    for (const path of leftovers) rmSync(path, { force: true });
    for (const folder of folders.toReversed()) removeIfEmpty(folder);
  };

  let at = cordon;
  try {
    const kept = new Map((previous?.files ?? []).map((entry) => [entry.path, entry]));
    const planned: Planned[] = [];
    const touched: Touched[] = [];
    const backups = new Map<string, { bytes: Buffer; mode: number }>();
    for (const { path: named, mode, owned = false, make } of changes) {
      at = named;
      onStep(`prepare ${basename(named)}`);
      const path = resolvePath(named);
      const locked = path === join(commonDir, 'config');
      const fresh = locked
        ? `${path}.lock`
        : join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
      makeFolder(dirname(path));
      if (locked) takeLock(fresh, leftovers);
      const was = readFileAt(path);
      const wanted = make(was?.bytes);
      const newMode = was === undefined || owned ? mode : was.mode;
      const same =
        was !== undefined && was.mode === newMode && was.bytes.equals(wanted?.bytes ?? was.bytes);
      if (wanted === undefined || same) {
        touched.push({ path: named, how: 'unchanged' });
        if (locked) rmSync(fresh, { force: true });
        continue;
      }
      const own = { path, fresh, bytes: wanted.bytes, mode: newMode, was };
      if (!locked) leftovers.push(fresh);
      writeThrough(fresh, own.bytes, own.mode, locked ? 'r+' : 'wx');
      planned.push(own);
      const key = relative(commonDir, path);
      kept.set(key, entryFor(key, own, wanted, kept.get(key), backups));
      touched.push({ path: named, how: was === undefined ? 'created' : 'edited' });
    }

    at = cordon;
    makeFolder(cordon);
    for (const [name, { bytes, mode }] of backups) {
      makeFolder(join(cordon, 'backup'));
      planned.unshift(plan(join(cordon, 'backup', name), bytes, mode));
    }
    const manifest = formatManifest({
      ...describe,
      folders: [
        ...new Set([...(previous?.folders ?? []), ...folders.map((f) => relative(commonDir, f))]),
      ],
      files: [...kept.values()],
    });
    const place = join(cordon, manifestName);
    const old = readFileAt(place);
    if (old === undefined || !old.bytes.equals(manifest)) {
      planned.splice(backups.size, 0, plan(place, manifest, 0o644));
    }
    for (const each of planned) {
      if (!exists(each.fresh)) {
        leftovers.push(each.fresh);
        writeThrough(each.fresh, each.bytes, each.mode);
      }
    }
    for (const each of planned) {
      at = each.path;
      onStep(`place ${basename(each.path)}`);
      done.push(each);
      renameSync(each.fresh, each.path);
    }
    leftovers.length = 0;
    return { touched, undo };
  } catch (error) {
    undo();
    throw asWriteError(error, at);
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function plan(path: string, bytes: Buffer, mode: number): Planned {
  const fresh = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  return { path, fresh, bytes, mode, was: readFileAt(path) };
}

/** Git's own way of keeping two writers of a configuration apart. */
function takeLock(path: string, leftovers: string[]): void {
  try {
    closeSync(openSync(path, 'wx', 0o666));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    throw new CordonError('git.failed', { path, detail: 'locked' }, error);
  }
  leftovers.push(path);
}

function entryFor(
  key: string,
  { bytes, was }: Planned,
  wanted: Made,
  old: ManifestEntry | undefined,
  backups: Map<string, { bytes: Buffer; mode: number }>,
): ManifestEntry {
  const after = sha256(bytes);
  if (was === undefined) return { path: key, after };
  // Nobody touched it since Cordon did: what stood there first is already kept.
  if (old !== undefined && old.after === sha256(was.bytes)) return { ...old, after };
  if (wanted.without === undefined) return { path: key, after };
  const before: FileBefore = {
    sha256: sha256(wanted.without),
    mode: was.mode,
    backup: sha256(Buffer.from(key)).slice(0, 16),
  };
  backups.set(before.backup, { bytes: wanted.without, mode: was.mode });
  return { path: key, after, before };
}

/** Puts `bytes` at `path` in one step. */
export function replaceFile(path: string, bytes: Buffer, mode: number): void {
  const fresh = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    writeThrough(fresh, bytes, mode);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw asWriteError(error, path);
  }
}

/**
 * Rewrites git's configuration file at `path` under git's own lock, keeping its mode. Returns
 * whether it changed. @throws CordonError `git.failed` where another git process holds the lock.
 */
export function withConfigLock(
  path: string,
  edit: (current: Buffer) => Buffer | undefined,
): boolean {
  const place = resolvePath(path);
  const lock = `${place}.lock`;
  const leftovers: string[] = [];
  try {
    takeLock(lock, leftovers);
    const was = readFileAt(place);
    const wanted = was === undefined ? undefined : edit(was.bytes);
    if (was === undefined || wanted === undefined) return false;
    writeThrough(lock, wanted, was.mode, 'r+');
    renameSync(lock, place);
    leftovers.length = 0;
    return true;
  } catch (error) {
    throw asWriteError(error, place);
  } finally {
    for (const left of leftovers) rmSync(left, { force: true });
  }
}
