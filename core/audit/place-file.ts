import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { makePrivateFolder, syncFolder } from './private-folder.ts';
import { systemCode } from './record-error.ts';

export interface Placing {
  /** `keep`: what stands at `path` already stays, and of two processes that come at once one wins. */
  readonly existing: 'keep' | 'replace';
  /** False where losing it in a power cut costs nothing. */
  readonly durable: boolean;
}

/**
 * Puts `text` at `path` (0600, in a folder made 0700), whole or not at all: it is written beside its place first.
 * @throws CordonError `record.unwritable`, or the system's error.
 */
export function placeFile(path: string, text: string, { existing, durable }: Placing): void {
  const folder = dirname(path);
  makePrivateFolder(folder);
  const fresh = join(folder, `.${basename(path)}.${randomBytes(6).toString('hex')}`);
  try {
    const file = openSync(fresh, 'wx', 0o600);
    try {
      // All of it: one `write` on a disk that fills up takes a part and says so to nobody.
      writeFileSync(file, text);
      if (durable) fsyncSync(file);
    } finally {
      closeSync(file);
    }
    if (existing === 'replace') renameSync(fresh, path);
    else linkSync(fresh, path);
  } catch (error) {
    if (existing !== 'keep' || systemCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(fresh, { force: true });
  }
  if (durable) syncFolder(folder);
}
