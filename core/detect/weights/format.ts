import type { Region } from '../../content/layer.ts';
import type { Reading, Window } from './window.ts';

/** What a format's structure says about a layer. */
export interface Recognised {
  readonly rule: string;
  /** Bytes of tensor payload, as the header declares them; 0 where the format was understood and holds none. */
  readonly payloadBytes: number;
  readonly tensors?: number;
  readonly parameters?: number;
  /** Where the model begins; 0 unless something stands before it. */
  readonly offset: number;
  /** Where its structure says the payload lies, only where it says so without gaps. */
  readonly payload: readonly Region[];
  /** Bytes past this are not explained by the format: they are looked at again. */
  readonly end: number;
  /** Of an archive: whether a member's bytes are counted here, so that they are not told once more. */
  readonly counts?: (member: string) => boolean;
}

/** One model format. All have this shape; one file each. */
export interface Format {
  readonly rule: string;
  /** A look at the first HEAD_BYTES and the last TAIL_BYTES that costs nothing and misses nothing. */
  claims(head: Buffer, size: number, tail: Buffer): boolean;
  /** Validates the structure, hopping over payload. Never throws on hostile bytes. */
  read(window: Window): Reading<Recognised | undefined>;
}

/** What `claims` may look at. The tail is empty where it cannot hold a binary structure. */
export const HEAD_BYTES = 4096;
export const TAIL_BYTES = 22 + 0xffff;

/** u64 little or big endian as a number, Infinity where it is past what a size can be. */
export function readU64(bytes: Buffer, offset: number, bigEndian = false): number {
  const first = bigEndian ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset);
  const second = bigEndian ? bytes.readUInt32BE(offset + 4) : bytes.readUInt32LE(offset + 4);
  const high = bigEndian ? first : second;
  const low = bigEndian ? second : first;
  return high > 0x1f_ffff ? Infinity : high * 0x1_0000_0000 + low;
}

/** Sums stay finite whatever headers claim. */
export function capBytes(bytes: number): number {
  return Number.isFinite(bytes)
    ? Math.max(0, Math.min(bytes, Number.MAX_SAFE_INTEGER))
    : Number.MAX_SAFE_INTEGER;
}

/**
 * Of a known format and without parameters that it says are such. `end` is 0 unless what is inside
 * comes back as layers of its own: bytes of any meaning fit into a field, an attribute, a dataset.
 */
export function understood(rule: string, end = 0): Recognised {
  return { rule, payloadBytes: 0, offset: 0, payload: [], end };
}
