import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from './write-errors.ts';

/**
 * Which repositories start which runtime, one small file a repository in the user's data folder, so
 * that an older version stays for as long as a shim names it. A repository that is not there now may
 * be on a disk that is not mounted: its file counts until it is uninstalled or installed anew.
 */
const shelf = (store: string): string => join(store, 'repositories');

const fileOf = (store: string, commonDir: string): string =>
  join(shelf(store), createHash('sha256').update(commonDir).digest('hex').slice(0, 32));

/** Notes that the shim of `commonDir` names the runtime `id`. */
export function noteRuntimeUser(store: string, commonDir: string, id: string): void {
  mkdirSync(shelf(store), { recursive: true });
  writeFileSync(fileOf(store, commonDir), `${id}\n${commonDir}\n`);
}

/** Takes the note of `commonDir` back. */
export function forgetRuntimeUser(store: string, commonDir: string): void {
  rmSync(fileOf(store, commonDir), { force: true });
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/**
 * Removes the runtimes that no repository's shim names, except `keep`, and the folders that then
 * stand empty. Returns the ids removed.
 */
export function pruneRuntimes(store: string, keep?: string): string[] {
  const named = new Set(
    list(shelf(store)).map((name) => readFileSync(join(shelf(store), name), 'utf8').split('\n')[0]),
  );
  const shared = sharedRuntime(store);
  if (shared !== undefined) named.add(shared);
  // Names with a dot are being written by another run.
  const removed = list(join(store, 'runtime')).filter(
    (id) => id !== keep && !id.startsWith('.') && !named.has(id),
  );
  for (const id of removed) rmSync(join(store, 'runtime', id), { recursive: true, force: true });
  for (const folder of [join(store, 'runtime'), shelf(store)]) removeIfEmpty(folder);
  return removed;
}

/** The runtime that the script behind husky's blocks starts, in clones that no note tells of. */
function sharedRuntime(store: string): string | undefined {
  try {
    const text = readFileSync(join(store, 'husky.sh'), 'utf8');
    return /^cordon_runtime_id='([^']+)'$/m.exec(text)?.[1];
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Removes the runtimes that nothing names; with the last repository, all that served them. */
export function dropUnusedRuntimes(store: string): void {
  if (list(shelf(store)).length === 0) rmSync(join(store, 'husky.sh'), { force: true });
  pruneRuntimes(store);
  removeIfEmpty(store);
}

/** Removes `folder` where nothing is in it. */
export function removeIfEmpty(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR'].includes(systemCode(error))) return false;
    throw error;
  }
}
