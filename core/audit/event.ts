import type { Decision, Label } from '../model.ts';

/** What the record keeps. Never content, never a secret. */
export type EventKind =
  | 'open'
  | 'close'
  | 'copy'
  | 'paste'
  | 'rename'
  | 'move'
  | 'delete'
  | 'create'
  | 'commit'
  | 'push'
  | 'receive'
  | 'review'
  | 'scan'
  | 'policy-change'
  | 'allow'
  | 'register'
  | 'posture'
  | 'heartbeat'
  | RecordKind;

/** What the record says of itself: a segment begun or sealed, an orphan found, reads summed up, … */
export type RecordKind = 'genesis' | 'seal' | 'orphan' | 'summary' | 'export' | 'ship' | 'moved';

/** One event as whoever acts hands it over. The writer adds writer, number, time, host and chain. */
export interface NewEvent {
  readonly kind: EventKind;
  /** Path, as git names it; keyed before it is written where the policy asks for that. */
  readonly path?: string;
  /** Where it went: a new path, or a destination's normal form. Keyed like `path`. */
  readonly to?: string;
  /** A git object id or ref tips: never keyed. */
  readonly object?: string;
  readonly refs?: readonly { readonly name: string; readonly tip: string }[];
  readonly label?: Label;
  readonly verdict?: Decision;
  /** The rules and fingerprints of the findings: no text of them. */
  readonly findings?: readonly {
    readonly kind: string;
    readonly rule: string;
    readonly severity: 'block' | 'warn';
    readonly fingerprint: string;
  }[];
  /** Short words of our own that say how: `no-verify`, `hook-missing`, `state-moved`, `offline`, … */
  readonly circumstances?: readonly string[];
  /** Counts and other plain facts of this kind of event; names are fixed by the code, never by content. */
  readonly data?: Readonly<Record<string, string | number | boolean>>;
}

/** What is the same for all events of one writer: written once an event all the same, each stands alone. */
export interface Identity {
  /** Stable name of this host: of its public key. */
  readonly host: string;
  /** The person: name at host, or their keyed pseudonym. */
  readonly actor: string;
  /** Stable id of the repository, and home's normal form where it is pinned. */
  readonly repository?: string;
  readonly home?: string;
  readonly version: string;
  readonly policy?: string;
}
