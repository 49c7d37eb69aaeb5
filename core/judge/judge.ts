import type { Act, Coverage, Destination, Fact, Oid, PathName, RefName } from '../model.ts';
import type { CompiledPolicy, Loosening } from '../policy/policy.ts';

export type { Loosening };

/** One thing the act carries: a blob, a commit, a tag, a file, a name. */
export interface Subject {
  /** `name`: the path itself is the content, whole, and offsets in its facts are bytes of it. */
  readonly type: 'blob' | 'commit' | 'tag' | 'tree' | 'file' | 'stdin' | 'name';
  readonly object?: Oid;
  /** Everywhere it stands in this act. Empty for commits, tags, and blobs that only a tag names. */
  readonly places: readonly {
    readonly path: PathName;
    readonly commit?: Oid;
    readonly ref?: RefName;
  }[];
  /** Names the same bytes have elsewhere in the history that can be seen: they keep their label. */
  readonly elsewhere: readonly PathName[];
  readonly facts: readonly Fact[];
  /** Size of the content where it is known: what `maxBytes` of an allow line is held against. */
  readonly bytes?: number;
  /** The destination is proven to hold this object already: told, never blocked. */
  readonly atDestination: boolean;
  /** Fingerprints of secrets and copies that the destination has in an earlier version of this content. */
  readonly knownSecrets: ReadonlySet<string>;
}

/** Something about the way to the destination that the user must be told. */
export interface DestinationNote {
  readonly rule: 'ssh-command' | 'proxy-command' | 'git-proxy' | 'remote-helper';
  readonly detail: string;
}

export interface JudgeInput {
  readonly act: Act;
  readonly destination?: Destination;
  readonly destinationNotes?: readonly DestinationNote[];
  /** Each judged alone, the severest wins. */
  readonly policies: readonly CompiledPolicy[];
  readonly subjects: Iterable<Subject>;
  readonly loosened?: readonly Loosening[];
  /** A policy in the pushed tip that does not parse: the sentence that says where and why. */
  readonly brokenTipPolicy?: string;
  readonly coverage: Coverage;
  readonly now: Date;
  readonly milliseconds: number;
}
