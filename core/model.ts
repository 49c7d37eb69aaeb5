/** The words of Cordon as types. No behaviour, no imports: every room may use them. */

declare const brand: unique symbol;
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** A git object id, 40 or 64 lower-case hexadecimal digits. */
export type Oid = Branded<string, 'Oid'>;
/** A full ref name, such as `refs/heads/main`. May hold any byte git allows: never hand it to a shell. */
export type RefName = Branded<string, 'RefName'>;
/** A path relative to the repository's top, `/` between parts, as text (U+FFFD where it is not UTF-8). */
export type RepoPath = Branded<string, 'RepoPath'>;
/** A name from the policy's ordered `labels`. */
export type Label = string;

/** A path as text and, only where its bytes are not UTF-8, those bytes in base64. */
export interface PathName {
  readonly text: RepoPath;
  readonly bytes?: string;
}

/** The acts a verdict is made for. `scan` asks about content at rest. */
export type Act = 'open' | 'copy' | 'scan' | 'commit' | 'push' | 'receive' | 'review';

/** Where inside one source something was seen. */
export interface Position {
  /** The way into containers, outermost first, parts joined by `!`; empty for the source itself. */
  readonly layer: string;
  /** 1-based, in the outermost text that holds the place. */
  readonly line?: number;
  /** 1-based, in UTF-16 code units. */
  readonly column?: number;
  /** Byte offset within `layer`, 0-based. */
  readonly offset?: number;
}

/** Parameters of a trained model were recognised. */
export interface WeightsFact {
  readonly kind: 'weights';
  /** The format: `safetensors`, `gguf`, `pytorch-zip`, … */
  readonly rule: string;
  readonly at: Position;
  /** Bytes of tensor payload, as the header declares them (a file that is cut counts in full). */
  readonly payloadBytes: number;
  readonly tensors?: number;
  readonly parameters?: number;
  /** `name`: the content could be anything and only the file's name says weights. */
  readonly evidence: 'content' | 'name';
}

/** A credential was seen. The value itself stands nowhere in this object. */
export interface SecretFact {
  readonly kind: 'secret';
  readonly rule: string;
  readonly at: Position;
  /** Public prefix and at most three last characters; the rule's name where the secret is short. */
  readonly redacted: string;
  /** `c1:…`, of rule and value only: the same wherever the value stands. */
  readonly fingerprint: string;
  /** What the rule asks for; a policy may only raise it. */
  readonly severity: 'block' | 'warn';
  /** True where a checksum the provider publishes holds. */
  readonly proven: boolean;
  /** An inline `cordon:allow RULE reason` on the line or the one above. */
  readonly marker?: { readonly reason: string };
}

/** A model file names code that runs when it is loaded. */
export interface ExecutableFact {
  readonly kind: 'executable-model';
  readonly rule: string;
  readonly at: Position;
  /** `danger`: outside what loading a model needs. `unknown`: a third party's class, not provable. */
  readonly grade: 'danger' | 'unknown';
  readonly detail: string;
}

/** Binary content of no format that any detector knows. Judged by nobody; rules by name read it. */
export interface OpaqueFact {
  readonly kind: 'opaque';
  readonly rule: 'opaque';
  readonly at: Position;
  readonly bytes: number;
}

export type UninspectedRule =
  | 'encrypted'
  | 'unsupported'
  | 'malformed'
  | 'unreadable'
  | 'missing'
  | 'bytes-budget'
  | 'depth-budget'
  | 'entries-budget'
  | 'time-budget'
  | 'facts-budget'
  | 'index-unreadable';

/** Content stands here that is, in part or whole, registered content of another place. */
export interface CopyFact {
  readonly kind: 'copy';
  /** `whole`: the same bytes. `copy`: words of it. `renamed`: its structure, under other names. */
  readonly rule: 'whole' | 'copy' | 'renamed';
  /** Where the covered part begins. */
  readonly at: Position;
  /** Last covered line, 1-based, in the text that `at.line` counts in. */
  readonly endLine?: number;
  /** The source's label when it was registered. */
  readonly label: Label;
  /** Where it was taken from. `path` is an opaque id where the index came without names. */
  readonly source: { readonly path: string; readonly line: number; readonly endLine?: number };
  /** `sure`: at most one false alarm in 10,000 files. `likely`: a little under that; only ever a warning. */
  readonly grade: 'sure' | 'likely';
  /** Bits of rarity of the covered words, and covered tokens of the renamed view. */
  readonly bits?: number;
  readonly tokens?: number;
  /** `c1:…`: the same wherever the same part of the same source stands. */
  readonly fingerprint: string;
}

/** Something could not be looked into. Never silence. */
export interface UninspectedFact {
  readonly kind: 'uninspected';
  readonly rule: UninspectedRule;
  readonly at: Position;
  readonly detail?: string;
}

/** What a detector saw, at one place, free of any policy and of any path. */
export type Fact =
  | WeightsFact
  | SecretFact
  | ExecutableFact
  | OpaqueFact
  | CopyFact
  | UninspectedFact;

/** All that looking into one source told. A function of its bytes and the detectors' versions alone. */
export interface Inspection {
  readonly facts: readonly Fact[];
  /** Bytes looked at, decoded layers included. */
  readonly bytes: number;
  /** Bytes of tensor payload that a recognised header declares and that were not searched further. */
  readonly skippedBytes: number;
}

export type Severity = 'block' | 'warn';
export type Decision = 'allow' | 'warn' | 'block';

export type FindingKind =
  | 'secret'
  | 'weights'
  | 'label'
  | 'copy'
  | 'executable-model'
  | 'destination'
  | 'policy'
  | 'signature'
  | 'uninspected';

/** A fact (or a missing one) that a policy makes something of. The JSON contract's shape. */
export interface Finding {
  readonly kind: FindingKind;
  readonly rule: string;
  readonly label: Label;
  readonly severity: Severity;
  readonly path?: string;
  readonly pathBytes?: string;
  readonly line?: number;
  /** Of a copy: the last covered line. */
  readonly endLine?: number;
  readonly column?: number;
  readonly offset?: number;
  readonly object?: string;
  readonly commit?: string;
  readonly ref?: string;
  readonly layer?: string;
  readonly fingerprint: string;
  readonly message: string;
  readonly action: string;
  /** Of a copy: where it was taken from, and how much speaks for it. */
  readonly source?: {
    readonly path: string;
    readonly line: number;
    readonly endLine?: number;
    readonly grade: 'sure' | 'likely';
    /** Bits of rarity of the words that agree, and tokens of structure. */
    readonly bits?: number;
    readonly tokens?: number;
  };
  /** Set where the finding does not block or warn because someone let it through. */
  readonly allowed?: { readonly by: string; readonly reason: string };
}

export type PolicySource = 'organisation' | 'home' | 'tip' | 'file' | 'built-in';

/** A remote as git will reach it. */
export interface Destination {
  /** The URL as given, without a password. */
  readonly url: string;
  /** The one normal form that policies match, such as `github.com/acme/models`. */
  readonly normal: string;
  readonly home: boolean;
}

export interface NotChecked {
  readonly what: string;
  readonly rule: UninspectedRule | 'payload';
  readonly object?: string;
}

export interface Coverage {
  readonly objects: number;
  readonly bytes: number;
  readonly notChecked: readonly NotChecked[];
  /**
   * Of a push that blocks: what the destination already has is not known, because it may not be asked
   * (CORDON_OFFLINE, `contactDestinations: false`) or did not answer.
   */
  readonly notAsked?: 'forbidden' | 'no-answer';
}

/** What the policies make of the facts for one act. The JSON contract's shape. */
export interface Verdict {
  readonly schema: 1;
  readonly act: Act;
  readonly verdict: Decision;
  /** The highest label that anything in the act carries; not set where nothing in it carries one. */
  readonly label?: Label;
  readonly destination?: {
    readonly url: string;
    readonly clearance: Label;
    readonly home: boolean;
  };
  readonly policies: readonly { readonly source: PolicySource; readonly hash: string }[];
  readonly findings: readonly Finding[];
  readonly coverage: Coverage;
  readonly milliseconds: number;
}
