import { closeSync, fstatSync, readFileSync, readSync } from 'node:fs';
import {
  checkpointLeaf,
  hostKeyName,
  originOf,
  readCheckpoint,
  walkCheckpoints,
} from './checkpoint.ts';
import type { CheckpointEntry } from './checkpoint.ts';
import { emptyFrontier, rootOf, withLeaf } from './merkle.ts';
import { isSignedBy, parseNote } from './note.ts';
import { openForReading } from './open-for-reading.ts';
import { systemCode } from './record-error.ts';
import type { Problem, Remark, Witness } from './verify-report.ts';

/** A day of one each second takes half of it. */
const FILE_AT_MOST = 80 * 1024 * 1024;
const LAST_BYTES = 16_384;

/** What the host signed for: after so many lines, this head. */
export interface SignedHead {
  readonly lines: number;
  readonly head: string;
}

/** The checkpoints of one segment, each held against those before it. */
export interface CheckpointCheck {
  /** Reads the file of checkpoints, where there is one. */
  readonly file: (path: string) => void;
  /** The one that the seal, behind `lines` lines, must hold. */
  readonly seal: (note: unknown, lines: number, byte: number) => SignedHead | undefined;
  /** Those that hold, in their order. */
  readonly signed: readonly SignedHead[];
}

export interface CheckpointsTold {
  readonly problem: (problem: Problem) => void;
  readonly remark: (remark: Remark) => void;
}

/** @param publicKey undefined where the genesis names none of `host`'s; then no signature is asked for. */
export function openCheckpointCheck(
  writer: string,
  host: string,
  publicKey: Buffer | undefined,
  { problem, remark }: CheckpointsTold,
): CheckpointCheck {
  const signed: SignedHead[] = [];
  let tree = emptyFrontier();
  /** False behind a gap: then no root can be computed any more. */
  let gapless = true;
  let size = 0;
  let covered = 0;

  const told = (what: Problem['what'], by: Witness, byte: number, detail: string): void =>
    problem({ segment: writer, line: 0, n: 0, byte, what, by, detail });

  const take = (
    { note, checkpoint, byte }: CheckpointEntry,
    by: Witness,
  ): SignedHead | undefined => {
    const { origin, lines, head } = checkpoint;
    const wrong = (detail: string): undefined => {
      told('forged-checkpoint', by, byte, detail);
    };
    if (origin !== originOf(writer)) return wrong('origin');
    if (publicKey !== undefined && !isSignedBy(note, hostKeyName(host), publicKey)) {
      return wrong('signature');
    }
    if (checkpoint.size <= size || lines < covered) return wrong('order');
    if (checkpoint.size > size + 1) {
      const gone = checkpoint.size - size - 1;
      told('removed', by, byte, `${gone} checkpoints before ${checkpoint.size}`);
      gapless = false;
    }
    size = checkpoint.size;
    covered = lines;
    if (gapless) {
      tree = withLeaf(tree, checkpointLeaf(checkpoint));
      if (!rootOf(tree).equals(checkpoint.root)) return wrong('root');
    }
    const covers = { lines, head };
    signed.push(covers);
    return covers;
  };

  return {
    signed,
    file(path) {
      const bytes = readFileIfThere(path);
      if (bytes === undefined) return;
      if (bytes.length >= FILE_AT_MOST) {
        told('forged-checkpoint', 'checkpoint', FILE_AT_MOST, 'too long');
      }
      const bad = walkCheckpoints(bytes, (entry) => take(entry, 'checkpoint'));
      // Killed or without power as it was written. Where it was sealed, the seal counts those that are gone.
      if (bad?.atEnd === true) {
        remark({ segment: writer, what: 'torn-checkpoint', detail: `${bytes.length - bad.byte}` });
      } else if (bad !== undefined) {
        told('forged-checkpoint', 'checkpoint', bad.byte, 'no checkpoint');
      }
    },
    seal(text, lines, byte) {
      const note = typeof text === 'string' ? parseNote(text) : undefined;
      const checkpoint = note && readCheckpoint(note.text);
      if (note === undefined || checkpoint === undefined) {
        told('forged-checkpoint', 'seal', byte, 'none');
        return undefined;
      }
      if (checkpoint.lines !== lines) told('forged-checkpoint', 'seal', byte, 'lines');
      return take({ note, checkpoint, byte }, 'seal');
    },
  };
}

/** How many lines the last checkpoint in the file covers; 0 without one. Its signature is not looked at. */
export function lastSigned(path: string): number {
  let fd: number;
  try {
    fd = openForReading(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return 0;
    throw error;
  }
  try {
    const { size } = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(size, LAST_BYTES));
    const got = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
    // From a whole note on: where this is not the file's beginning, the first part is none.
    let last = 0;
    walkCheckpoints(bytes.subarray(0, got), ({ checkpoint }) => (last = checkpoint.lines));
    return last;
  } finally {
    closeSync(fd);
  }
}

function readFileIfThere(path: string): Buffer | undefined {
  let fd: number;
  try {
    fd = openForReading(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return fstatSync(fd).size < FILE_AT_MOST ? readFileSync(fd) : Buffer.alloc(FILE_AT_MOST);
  } finally {
    closeSync(fd);
  }
}
