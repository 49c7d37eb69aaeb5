import { lstatSync } from 'node:fs';
import { CordonError } from '../error.ts';
import { MAX_POLICY_BYTES } from '../policy/index.ts';
import { errnoOf, fileSource } from '../source/file-source.ts';

/**
 * A policy file on disk; no more of it than shows that it is too large. Undefined where there is none.
 * Throws CordonError `policy.unreadable` for a folder, a FIFO or a device (which would hang or never
 * end), a link that leads nowhere, and a file that this user may not read: it may be stricter than all
 * we know.
 */
export async function readPolicyFile(path: string, name = path): Promise<Buffer | undefined> {
  try {
    const source = fileSource(path);
    try {
      return await source.read(0, Math.min(source.size, MAX_POLICY_BYTES + 1));
    } finally {
      await source.close();
    }
  } catch (error) {
    const reason = error instanceof CordonError ? String(error.data['reason']) : errnoOf(error);
    if ((reason === 'ENOENT' && !isLink(path)) || reason === 'ENOTDIR') return undefined;
    throw new CordonError('policy.unreadable', { path: name, reason }, error);
  }
}

/** True for a link: one that leads nowhere is a policy that was lost, not one that never was. */
function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}
