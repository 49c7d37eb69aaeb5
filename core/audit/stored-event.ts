import type { Identity, NewEvent } from './event.ts';

/** One line of a segment, read back. */
export interface StoredEvent extends Identity, NewEvent {
  readonly v: 1;
  /** The writer, which is also the name of the segment. */
  readonly w: string;
  /** Number in the segment, from 0. */
  readonly n: number;
  /** Milliseconds since 1970 by this machine's clock. */
  readonly t: number;
  /** By how many milliseconds the clock stands behind the event before: it was set back. */
  readonly clockBack?: number;
  /** What did not fit into a line: `NAME LENGTH SHA-256`, of a text (UTF-16 units) or a list (entries). */
  readonly cut?: readonly string[];
  /** Head: base64url of the SHA-256 over the head before and this line's bytes up to `,"h":"`. */
  readonly h: string;
}

/** What a segment held at some time: after `size` lines the last one's `h` was `head`. */
export interface Head {
  readonly writer: string;
  readonly size: number;
  readonly head: string;
}
