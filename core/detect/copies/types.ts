import type { Label } from '../../model.ts';

/**
 * The words of this room. A gram is a 64-bit hash of k consecutive tokens, as two 32-bit halves; it is
 * not keyed: an index at rest is encrypted whole, so that no gram of it can be tested without its key,
 * and one look at a text serves every index and the public background.
 */

/** One of the two ways to look at text; both at once decide. */
export type View = 'text' | 'rename';

/** What a token is. Text looks at words alone; renaming leaves everything but identifiers as it is. */
export const kind = {
  keyword: 1,
  identifier: 2,
  number: 3,
  operator: 4,
  bracket: 5,
  /** A word inside a string. */
  string: 6,
  /** One character of a script that is written without spaces. */
  ideograph: 7,
} as const;

/** Code, and what stands in comments and strings of documentation, are looked up apart. */
export interface TokenStream {
  readonly count: number;
  /** Two halves a token, of its bytes alone: `halves[2 * i]`, `halves[2 * i + 1]`. */
  readonly halves: Uint32Array;
  readonly kinds: Uint8Array;
  /** 1-based line of each token. */
  readonly lines: Uint32Array;
}

export interface Lexed {
  readonly code: TokenStream;
  readonly prose: TokenStream;
  /** Lines of the text. */
  readonly lines: number;
}

/** Grams of one stream in one view, at every position. */
export interface Grams {
  readonly count: number;
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  /** The tokens this view looks at, by their place in the stream; gram i covers `tokens[i]` … `tokens[i + k - 1]`. */
  readonly tokens: Uint32Array;
}

/** Public code: a gram that also stands there says nothing. May say yes to a few it never saw. */
export interface Background {
  has(view: View, high: number, low: number): boolean;
}

/** How rare a word is in public code, in bits: min(16, log2(N / n)); 16 for one never seen. */
export interface WordTable {
  bits(high: number, low: number): number;
}

/** Scores from which a match counts; `warn` below `block`. They belong to an index. */
export interface Thresholds {
  readonly block: { readonly bits: number; readonly tokens: number };
  readonly warn: { readonly bits: number; readonly tokens: number };
}

/** One registered file. */
export interface SourceFile {
  /** Opaque, stable while the path stays: what an export without names calls it. */
  readonly id: string;
  readonly path: string;
  readonly label: Label;
  readonly bytes: Buffer;
}

/** A registered file that part of a text matches. */
export interface CopyMatch {
  readonly source: { readonly id: string; readonly path: string; readonly label: Label };
  readonly sourceLines: { readonly first: number; readonly last: number };
  /** Lines of the text that was asked about, 1-based. */
  readonly lines: { readonly first: number; readonly last: number };
  readonly rule: 'copy' | 'renamed';
  readonly grade: 'sure' | 'likely';
  readonly bits: number;
  readonly tokens: number;
  /** Names the covered words alone: what a stable fingerprint is made of. */
  readonly covered: Buffer;
}

/** Where one stream of one registered file stands in the positions of a view. */
export interface Segments {
  readonly count: number;
  /** Twice the number of the file in `CopyIndex.files`, one more where the stream is its prose. */
  readonly stream: Uint32Array;
  /** First position; segments follow one another with a gap, so no chain runs from one into the next. */
  readonly base: Uint32Array;
  /** Offset of its line table in `CopyIndex.lineTables`. */
  readonly lines: Uint32Array;
}

/**
 * The kept grams of one view, sorted by name, then place. A name is 28 bits of a gram: 12 choose the
 * bucket, 16 stand in `names`. That is enough, since one gram alone never makes a match: two would have
 * to be mistaken on one diagonal.
 */
export interface Entries {
  /** First entry of each bucket, and the end. */
  readonly buckets: Uint32Array;
  readonly names: Uint32Array;
  /** Position of each in the view. */
  readonly places: Uint32Array;
}

export interface ViewIndex extends Entries {
  readonly segments: Segments;
}

export interface IndexedFile {
  readonly id: string;
  readonly path: string;
  readonly label: Label;
}

/** What `createIndexBuilder` makes and `findCopies` reads. Immutable. */
export interface CopyIndex {
  readonly thresholds: Thresholds;
  /** Sorted by id. */
  readonly files: readonly IndexedFile[];
  readonly text: ViewIndex;
  readonly rename: ViewIndex;
  readonly lineTables: Uint8Array;
}
