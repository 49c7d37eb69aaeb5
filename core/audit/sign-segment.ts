import { closeSync, fsyncSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { BETWEEN_NOTES, checkpointLeaf, originOf, signCheckpoint } from './checkpoint.ts';
import type { HostKey } from './host-key.ts';
import { emptyFrontier, rootOf, withLeaf } from './merkle.ts';
import { makePrivateFolder, syncFolder } from './private-folder.ts';
import type { Segment } from './segment.ts';

/** Signs how far a segment has come. */
export interface SegmentSigner {
  /** Lines that the last checkpoint covers. */
  readonly covered: number;
  /** Writes a checkpoint over all lines so far. Throws the system's error. */
  readonly sign: () => void;
  /**
   * The last checkpoint, over all lines so far: the seal holds it, and by its number every one before
   * it, which are on the disk by then. Throws the system's error.
   */
  readonly signLast: () => string;
}

/** The file of checkpoints is made with the first one: a hook that lives for a moment has none. */
export function openSegmentSigner(segment: Segment, key: HostKey): SegmentSigner {
  const { checkpoints: path, writer } = segment;
  let tree = emptyFrontier();
  let covered = 0;
  let written = 0;
  let broken = false;

  const next = () => {
    if (broken) throw new Error('a checkpoint could not be taken back');
    const covers = { lines: segment.size, head: segment.head };
    const grown = withLeaf(tree, checkpointLeaf(covers));
    const checkpoint = {
      origin: originOf(writer),
      size: grown.size,
      root: rootOf(grown),
      ...covers,
    };
    return { grown, note: signCheckpoint(checkpoint, key) };
  };

  const write = (bytes: Buffer): void => {
    if (written === 0) makePrivateFolder(dirname(path));
    const fd = openSync(path, 'a', 0o600);
    try {
      for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
      written += bytes.length;
    } catch (error) {
      // A full disk takes a part: the next checkpoint must not follow on that.
      broken = true;
      ftruncateSync(fd, written);
      broken = false;
      throw error;
    } finally {
      closeSync(fd);
    }
  };

  return {
    get covered() {
      return covered;
    },
    sign() {
      const { grown, note } = next();
      write(Buffer.from(note + BETWEEN_NOTES, 'utf8'));
      tree = grown;
      covered = segment.size;
    },
    signLast() {
      const { note } = next();
      if (written > 0) syncFile(path);
      return note;
    },
  };
}

function syncFile(path: string): void {
  const fd = openSync(path, 'r+');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  syncFolder(dirname(path));
}
