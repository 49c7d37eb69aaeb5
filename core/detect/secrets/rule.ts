import type { CharsetName } from './charset.ts';

/** Whether a checksum the provider publishes holds. `unknown`: none at this length. */
export type Checksum = 'holds' | 'fails' | 'unknown';

/** What a rule's own reading of a match says. Undefined where it is not a credential. */
export interface Judgement {
  /** Replaces the matched value, where the bytes as written are not the stable form of it. */
  readonly value?: string;
  /** How far the credential reaches, in the window. Default: the end of the value. */
  readonly end?: number;
  readonly severity?: 'block' | 'warn';
  readonly proven?: boolean;
}

/** One match of a rule's pattern, in the latin1 window around the keyword. */
export interface Match {
  readonly text: string;
  /** Up to 32 bytes before the keyword, where the pattern is anchored there. */
  readonly lead: string;
  /** Where the value starts in `text`. */
  readonly start: number;
  readonly value: string;
  readonly groups: Readonly<Record<string, string | undefined>>;
}

/** The other half of a credential that is only whole with its identifier. */
export interface Pair {
  /** Linear; its first group is the secret half. Searched in the window around the identifier. */
  readonly pattern: RegExp;
  readonly before: number;
  readonly after: number;
  readonly randomness: Randomness;
  /** What the identifier alone is: a warning, or nothing. */
  readonly alone: 'warn' | 'drop';
}

export type Gate = 'run' | 'assigned' | 'userinfo' | 'none';

/** What drawn text looks like. `mixed`: letters and digits, or hexadecimal alone. */
export type Randomness = 'hex' | 'upper' | 'alnum' | 'mixed' | 'base64' | 'none';

/**
 * A credential's shape, as its provider documents it. `token`: a prefix that stands nowhere else.
 * `named`: only the word beside it tells. `file`: a structure that holds other credentials.
 * `generic`: a guess. Where two overlap the higher one stands: file, token, named, generic.
 */
export interface Rule {
  readonly id: string;
  readonly provider: string;
  /** The provider's own documentation of this credential. */
  readonly page: string;
  readonly rank: 'file' | 'token' | 'named' | 'generic';
  /** One of these stands in every match. Written as the provider writes it. */
  readonly keywords: readonly string[];
  /** Whether the keyword's case counts. Default: true for `token`, false for the others. */
  readonly exactCase?: boolean;
  /** Bytes before the keyword's first byte that the pattern may need; 0 anchors it at the keyword. */
  readonly before: number;
  /** Bytes from the keyword's first byte on. */
  readonly after: number;
  /** Linear. The value is the group `value`, or else the first group, or else the whole match. */
  readonly pattern: RegExp;
  readonly charset: CharsetName;
  /** Length of the value, both ends included. */
  readonly min: number;
  readonly max: number;
  /**
   * The byte test before any regular expression. `run`: token characters follow the keyword.
   * `assigned`: a sign of assignment and then token characters follow.
   * `userinfo`: `user:password@` follows.
   */
  readonly gate?: Gate;
  /** `both`: more characters of the alphabet after the value mean it is something else. */
  readonly boundary?: 'left' | 'both' | 'none';
  readonly randomness: Randomness;
  readonly stopwords?: readonly string[];
  readonly checksum?: (value: string) => Checksum;
  readonly inspect?: (match: Match) => Judgement | undefined;
  readonly pair?: Pair;
  readonly severity: 'block' | 'warn';
  /** The start of the value that anyone may see. */
  readonly prefix?: RegExp;
}
