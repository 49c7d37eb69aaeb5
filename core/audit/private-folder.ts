import { chmodSync, closeSync, fsyncSync, lstatSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { FOREIGN, refuse, systemCode } from './record-error.ts';

const posix = process.platform !== 'win32';

/**
 * Makes `folder` (0700) where it is missing, its parents too. A link in its place, another owner or
 * something that is no folder is refused: whoever planted it would own the record.
 * @throws CordonError `record.unwritable`, or the system's error.
 */
export function makePrivateFolder(folder: string): void {
  let stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) {
    makeFolders(folder);
    stat = lstatSync(folder);
  }
  if (stat.isSymbolicLink()) throw refuse(folder, 'a link stands in its place');
  if (!stat.isDirectory()) throw refuse(folder, 'no folder');
  if (!posix) return;
  if (stat.uid !== process.geteuid?.()) throw refuse(folder, FOREIGN);
  if ((stat.mode & 0o077) !== 0) chmodSync(folder, 0o700);
}

/**
 * One after the other. Node's own `recursive` never comes back where a folder that is there says that a new one
 * in it has no parent, as `/proc` does: a state folder set to it would have held every commit for ever.
 */
function makeFolders(folder: string): void {
  const missing: string[] = [];
  for (let at = folder; statSync(at, { throwIfNoEntry: false }) === undefined; at = dirname(at)) {
    missing.push(at);
  }
  for (const one of missing.toReversed()) {
    try {
      mkdirSync(one, { mode: 0o700 });
    } catch (error) {
      // Another writer made it in between.
      if (systemCode(error) !== 'EEXIST') throw error;
    }
    syncFolder(dirname(one));
  }
}

/** What is new in `folder` outlives a power cut from here on. */
export function syncFolder(folder: string): void {
  let fd: number;
  try {
    fd = openSync(folder, 'r');
  } catch (error) {
    // Windows opens no folder, and one may be made in a folder that cannot be read.
    if (['EISDIR', 'EPERM', 'EACCES'].includes(systemCode(error))) return;
    throw error;
  }
  try {
    fsyncSync(fd);
  } catch (error) {
    if (!['EINVAL', 'EPERM', 'EBADF', 'ENOTSUP'].includes(systemCode(error))) throw error;
  } finally {
    closeSync(fd);
  }
}
