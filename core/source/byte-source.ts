/**
 * Content, wherever it lies: a file, a buffer, a git object, a decoded layer. Readers see the same
 * bytes in any order; nothing is held in memory but what was asked for.
 */
export interface ByteSource {
  /** Total bytes. Always known: a stream of unknown length is spooled first. */
  readonly size: number;
  /**
   * Bytes `offset .. offset + length`, fewer only at the end, never more. May share memory.
   * Throws CordonError `source.unreadable` or `source.spool-full`.
   */
  read(offset: number, length: number): Buffer | Promise<Buffer>;
  /** The bytes from `start` (default 0) in order, in chunks of at most 1 MiB. */
  stream(start?: number): AsyncIterable<Buffer>;
  /** Frees descriptors and spool files. Safe to call twice. */
  close(): Promise<void>;
}
