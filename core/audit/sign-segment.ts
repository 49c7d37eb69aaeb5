import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { BETWEEN_NOTES, originOf, signCheckpoint } from './checkpoint.ts';
import type { HostKey } from './host-key.ts';
import { addLeafOf, emptyFrontier, rootOf } from './merkle.ts';

/** Signs how far a segment has come. */
export interface SegmentSigner {
  /** Tells of the next line. */
  readonly add: (head: string) => void;
  /** Lines since the last checkpoint. */
  readonly waiting: number;
  /** Writes a checkpoint over all lines. Throws the system's error. */
  readonly sign: () => void;
}

/** @param path the file of checkpoints, made with the first one. */
export function openSegmentSigner(path: string, writer: string, key: HostKey): SegmentSigner {
  const frontier = emptyFrontier();
  let signed = 0;
  let written = 0;
  return {
    add: (head) => addLeafOf(frontier, head),
    get waiting() {
      return frontier.size - signed;
    },
    sign() {
      signed = frontier.size;
      const checkpoint = { origin: originOf(writer), size: frontier.size, root: rootOf(frontier) };
      const bytes = Buffer.from(signCheckpoint(checkpoint, key) + BETWEEN_NOTES, 'utf8');
      const fd = openSync(path, 'a', 0o600);
      try {
        for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
        written += bytes.length;
      } catch (error) {
        // A full disk takes a part: the next checkpoint must not follow on that.
        ftruncateSync(fd, written);
        throw error;
      } finally {
        closeSync(fd);
      }
    },
  };
}
