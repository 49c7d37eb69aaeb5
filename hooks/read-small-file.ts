import { readFileSync, statSync } from 'node:fs';
import { CordonError } from '../core/error.ts';

/** A file that a person named. Throws CordonError `source.unreadable`, also where it is larger than `most`. */
export function readSmallFile(path: string, most: number): Buffer {
  try {
    if (statSync(path).size > most) {
      throw new CordonError('source.unreadable', { path, why: 'too large' });
    }
    return readFileSync(path);
  } catch (error) {
    if (error instanceof CordonError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw new CordonError('source.unreadable', { path, why: code }, error);
  }
}
