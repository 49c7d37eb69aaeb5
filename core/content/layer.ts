import type { ByteSource } from '../source/byte-source.ts';

/** Layers up to this size are handed out whole, in memory. Larger ones are read through `source`. */
export const WHOLE_LAYER_BYTES = 4 * 1024 * 1024;

/** A half-open range of bytes. */
export interface Region {
  readonly start: number;
  readonly end: number;
}

/** One layer of content: the source itself, or something that was inside it. */
export interface Layer {
  /** The way here, parts joined by `!`, empty for the source itself: `model.zip!data.pkl`, `base64`. */
  readonly way: string;
  readonly depth: number;
  readonly source: ByteSource;
  /** The whole content where it is at most WHOLE_LAYER_BYTES. */
  readonly bytes: Buffer | undefined;
  /** `text` where a look at the head finds no NUL and no sign of a binary format. */
  readonly form: 'text' | 'binary';
  /** Where this layer begins in the outermost text: lines are told there. Undefined for the outermost. */
  readonly origin?: { readonly line: number; readonly column: number };
  /**
   * Ranges of this layer that a detector has accounted for as tensor payload. Later detectors and
   * the opener leave them out. Detectors append; only ranges of at least SKIP_REGION_BYTES count.
   */
  readonly skip: Region[];
}

/** Payload ranges shorter than this are searched all the same: it is cheap, and hides nothing. */
export const SKIP_REGION_BYTES = 4 * 1024 * 1024;
