/** What is wrong with the record. A problem is never the work of a crash alone. */
export type ProblemKind =
  /** Bytes of a line are not those that were written. */
  | 'changed'
  /** Lines between two others are gone. */
  | 'missing'
  /** A line stands where another stood. */
  | 'reordered'
  /** A segment ends before its end. */
  | 'cut'
  /** A whole segment, or its checkpoints, are gone. */
  | 'removed'
  /** The later segment that named this one is gone. */
  | 'unnamed'
  /** The chain holds, but is not the one that was vouched for: rewritten. */
  | 'forged-head'
  /** A checkpoint is not signed by the host's key, or is no checkpoint. */
  | 'forged-checkpoint'
  /** The first line is no genesis of this host. */
  | 'forged-genesis'
  /** Lines behind the seal. */
  | 'after-seal'
  /** The time goes back and no line says so. */
  | 'clock'
  /** Something stands there that is no segment of the record, or that cannot be read. */
  | 'stranger';

/** Who says so: the lines themselves, or a head kept in another place. */
export type Witness = 'chain' | 'seal' | 'checkpoint' | 'segment' | 'head';

export interface Problem {
  /** The writer, or the name of a file that is no segment's. */
  readonly segment: string;
  /** From 1; 0 where it is about no line. */
  readonly line: number;
  /** The number that the line has, or should have. */
  readonly n: number;
  /** Where in the file. */
  readonly byte: number;
  readonly what: ProblemKind;
  readonly by: Witness;
  /** Plain facts for whoever looks closer: numbers, the name of the segment that vouched. */
  readonly detail: string;
}

/** What is no problem, and worth saying. */
export interface Remark {
  readonly segment: string;
  readonly what:
    | /** Bytes of an event that was never acknowledged: its writer was killed. */ 'torn'
    | /** The same, of a checkpoint. */ 'torn-checkpoint'
    | /** Being written, or its writer died. */ 'unsealed'
    | /** The clock was set back, and the line says so. */ 'clock-back'
    | /** Of another host key than the one that lies here. */ 'other-host';
  /** Bytes torn, milliseconds back, the host; as `what` says. */
  readonly detail: string;
}

export interface VerifyReport {
  /** No problem was found. */
  readonly ok: boolean;
  readonly segments: number;
  readonly events: number;
  readonly bytes: number;
  /** Whose signature and root hold. */
  readonly checkpoints: number;
  /** The first thousand. */
  readonly problems: readonly Problem[];
  /** Of all of them. */
  readonly problemCount: number;
  readonly remarks: readonly Remark[];
}

export const PROBLEMS_KEPT = 1000;
