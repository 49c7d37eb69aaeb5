import type { Label, PolicySource } from '../model.ts';

export type AllowKind =
  | 'weights'
  | 'secret'
  | 'label'
  | 'copy'
  | 'executable-model'
  | 'uninspected';

/** One decision to let something through. At least one of paths, fingerprint, rule is set. */
export interface AllowLine {
  readonly kind: AllowKind;
  readonly paths?: readonly string[];
  readonly rule?: string;
  readonly fingerprint?: string;
  /** Only narrows: the line holds for content of at most this many bytes of payload. */
  readonly maxBytes?: number;
  readonly reason: string;
}

export type SigningRequirement = 'signed' | 'allowed-signer' | 'hardware-key' | 'touch' | 'pin';

/** A policy file as parsed, every default filled in. */
export interface Policy {
  readonly version: 1;
  readonly mode: 'enforce' | 'observe';
  /** Lowest first. */
  readonly labels: readonly Label[];
  readonly defaultLabel: Label;
  readonly markings: readonly { readonly paths: readonly string[]; readonly label: Label }[];
  readonly weights: { readonly label: Label; readonly minBytes: number };
  readonly secrets: { readonly salt: string };
  readonly copies: { readonly from: Label };
  readonly destinations: readonly { readonly url: string; readonly clearance: Label }[];
  readonly isolated: boolean;
  /** False: Cordon opens no connection of its own, and a block that one could lift stands. */
  readonly contactDestinations: boolean;
  readonly allow: readonly AllowLine[];
  readonly copying: Readonly<Record<Label, 'allow' | 'warn' | 'block'>>;
  readonly signing: readonly {
    readonly label: Label;
    readonly require: readonly SigningRequirement[];
  }[];
  readonly signers: string;
  readonly record: {
    readonly reads: Label;
    readonly privacy: 'plain' | 'keyed';
    /** An act on content of this label or above that cannot be recorded is blocked. */
    readonly require: Label;
    readonly ship?: string;
  };
}

/** A policy ready to be asked. */
export interface CompiledPolicy {
  readonly source: PolicySource;
  /** `sha256:` and 64 hexadecimal digits of the file's bytes; `built-in` for the one in the code. */
  readonly hash: string;
  readonly policy: Policy;
  /** The label of a path, and the marking that gave it (index into `markings`; -1: the default). */
  labelOf(path: string): {
    readonly label: Label;
    readonly marking: number;
    readonly glob?: string;
  };
  /** True where any of the globs matches, with the options all of Cordon uses. */
  matches(path: string, globs: readonly string[]): boolean;
  /** The clearance of a destination's normal form; the lowest label where none is listed. */
  clearanceOf(normalUrl: string): { readonly clearance: Label; readonly listed: boolean };
  /** Position of a label, 0 the lowest; -1 where the policy does not name it. */
  rank(label: Label): number;
}

/** A rule that a policy relaxes against an earlier one, in words. */
export interface Loosening {
  /** The key that was relaxed, such as `destinations`. */
  readonly rule: string;
  readonly detail: string;
  readonly line?: number;
}
