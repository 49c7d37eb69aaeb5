import { lstatSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { errnoOf } from './file-source.ts';

/** How the spool's folders begin. */
export const SPOOL_PREFIX = 'cordon-spool-';

const OLD_MILLISECONDS = 24 * 60 * 60 * 1000;
const swept = new Set<string>();

/**
 * Removes what a crash may have left in `folder`, once a process. Only folders that are ours by
 * name, kind and owner, and a day old, so that another Cordon at work never loses its files.
 */
export function sweepLeftovers(folder: string, now = Date.now()): void {
  if (swept.has(folder)) return;
  swept.add(folder);
  for (const name of namesIn(folder)) {
    if (!name.startsWith(SPOOL_PREFIX)) continue;
    const path = join(folder, name);
    try {
      const stat = lstatSync(path);
      const ours = process.getuid === undefined || stat.uid === process.getuid();
      if (stat.isDirectory() && ours && now - stat.mtimeMs > OLD_MILLISECONDS) {
        rmSync(path, { recursive: true, force: true });
      }
    } catch (error) {
      // Another process swept it first, or the system forbids it: leftovers are no reason to stop.
      if (errnoOf(error) === 'unknown') throw error;
    }
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    // A folder that cannot be listed can still be written to; creating a file there tells.
    if (errnoOf(error) === 'unknown') throw error;
    return [];
  }
}
