import { createHash, randomBytes } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import type { Repository } from './repository.ts';

const FORM = /^([0-9a-f]{32})\n([^\0]*)$/;

/**
 * Names a repository for what Cordon keeps about it elsewhere: 32 hexadecimal digits, made once at
 * random in the common git folder, so that linked worktrees share them and a moved repository keeps
 * them. Where they cannot be written or read, a hash of the folder's real path. A repository copied
 * beside its original gets a name of its own, or the two would overwrite each other's index.
 */
export function repositoryId(repo: Pick<Repository, 'commonDir'>): string {
  const place = realpathSync(resolve(repo.commonDir));
  const file = join(place, 'cordon', 'repository-id');
  try {
    const kept = read(file) ?? make(file, place);
    return kept.place === place || !isCopy(file, kept) ? kept.id : renew(file, place, kept.id);
  } catch {
    // Read-only, another user's, damaged: each process must come to the same answer without a file.
    return hash(place);
  }
}

interface Kept {
  readonly id: string;
  /** Where it was made. */
  readonly place: string;
}

function read(file: string): Kept | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const [, id, place] = FORM.exec(text) ?? [];
  if (id === undefined || place === undefined) throw new Error('damaged');
  return { id, place };
}

/** Linked into place whole: of two that make it at once one wins, and a killed one leaves nothing half. */
function make(file: string, place: string): Kept {
  const made = { id: randomBytes(16).toString('hex'), place };
  mkdirSync(join(place, 'cordon'), { recursive: true, mode: 0o700 });
  const beside = write(file, made);
  try {
    linkSync(beside, file);
    return made;
  } catch (error) {
    const other = read(file);
    if (other === undefined) throw error;
    return other;
  } finally {
    unlinkSync(beside);
  }
}

/** Derived, not random: two processes that see the copy at once write the same. */
function renew(file: string, place: string, original: string): string {
  const id = hash(original, place);
  renameSync(write(file, { id, place }), file);
  return id;
}

/** Whether the place it was made at still holds it, in another file than this one. */
function isCopy(file: string, kept: Kept): boolean {
  const there = join(kept.place, 'cordon', 'repository-id');
  const original = statSync(there, { throwIfNoEntry: false });
  if (original === undefined || read(there)?.id !== kept.id) return false;
  // One repository seen under two names, as in a container: not the device, which may differ.
  const own = statSync(file);
  return own.ino !== original.ino || own.mtimeMs !== original.mtimeMs;
}

function write(file: string, { id, place }: Kept): string {
  const beside = `${file}.${randomBytes(6).toString('hex')}`;
  const fd = openSync(beside, 'wx', 0o600);
  try {
    writeSync(fd, `${id}\n${place}`);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  return beside;
}

function hash(...parts: readonly string[]): string {
  const text = ['cordon repository', ...parts].join('\0');
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
