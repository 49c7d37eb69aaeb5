import { chmodSync, closeSync, fsyncSync, lstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { refuse, systemCode } from './record-error.ts';

const posix = process.platform !== 'win32';

/**
 * Makes `folder` (0700) where it is missing, its parents too. A link in its place, another owner or
 * something that is no folder is refused: whoever planted it would own the record.
 * @throws CordonError `record.unwritable`, or the system's error.
 */
export function makePrivateFolder(folder: string): void {
  let stat = lstatSync(folder, { throwIfNoEntry: false });
  if (stat === undefined) {
    const first = mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (let made = folder; first !== undefined; made = dirname(made)) {
      syncFolder(dirname(made));
      if (made === first) break;
    }
    stat = lstatSync(folder);
  }
  if (stat.isSymbolicLink()) throw refuse(folder, 'a link stands in its place');
  if (!stat.isDirectory()) throw refuse(folder, 'no folder');
  if (!posix) return;
  if (stat.uid !== process.geteuid?.()) throw refuse(folder, 'it belongs to another user');
  if ((stat.mode & 0o077) !== 0) chmodSync(folder, 0o700);
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
