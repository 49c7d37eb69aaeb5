import { createHash } from 'node:crypto';
import { CordonError } from '../../../error.ts';
import { lexerPrint } from './lexer-print.ts';

/**
 * A file of this room: eight bytes that name it, the length of a header, the header as JSON, the data
 * from the next multiple of 64 on, the SHA-256 of all before it. Numbers are little-endian.
 */
const magic = Buffer.from('CORDONBG');
const version = 1;
const sumBytes = 32;
const headerLimit = 4 * 1024 * 1024;

export type DataKind = 'grams' | 'words';

export interface DataFile {
  readonly kind: DataKind;
  readonly about: unknown;
  readonly data: Buffer;
}

export function encodeData(kind: DataKind, about: unknown, data: Uint8Array): Buffer {
  const header = Buffer.from(JSON.stringify({ version, kind, lexer: lexerPrint(), about }));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.length);
  const gap = Buffer.alloc(dataStart(header.length) - magic.length - 4 - header.length, 0x20);
  const parts = [magic, length, header, gap, data];
  const sum = createHash('sha256');
  for (const part of parts) sum.update(part);
  return Buffer.concat([...parts, sum.digest()]);
}

/**
 * Throws `CordonError('copies.bad-file')` for bytes that are torn, of another kind, or made for another
 * lexer (`data.reason`). The data shares the memory of `bytes`.
 */
export function decodeData(bytes: Buffer, kind: DataKind): DataFile {
  const fixed = magic.length + 4;
  if (bytes.length < fixed + sumBytes || !bytes.subarray(0, magic.length).equals(magic))
    throw refuse('not-background');
  const headerLength = bytes.readUInt32LE(magic.length);
  const start = dataStart(headerLength);
  if (headerLength > headerLimit || start + sumBytes > bytes.length) throw refuse('torn');
  const end = bytes.length - sumBytes;
  const sum = createHash('sha256').update(bytes.subarray(0, end)).digest();
  if (!sum.equals(bytes.subarray(end))) throw refuse('torn');
  const about = checkHeader(readHeader(bytes.subarray(fixed, fixed + headerLength)), kind);
  return { kind, about, data: bytes.subarray(start, end) };
}

/**
 * The head of a file whose data is read later, if at all, and then not summed: one of this user's own that
 * only Cordon writes, whole or not at all. `file` may end behind the header, or before: then `need` says
 * how many bytes of it are wanted. Throws as `decodeData`.
 */
export function decodeHead(
  file: Buffer,
  kind: DataKind,
): { readonly need: number } | { readonly about: unknown; readonly start: number } {
  const fixed = magic.length + 4;
  if (file.length < fixed) throw refuse('torn');
  if (!file.subarray(0, magic.length).equals(magic)) throw refuse('not-background');
  const headerLength = file.readUInt32LE(magic.length);
  if (headerLength > headerLimit) throw refuse('torn');
  if (file.length < fixed + headerLength) return { need: fixed + headerLength };
  const about = checkHeader(readHeader(file.subarray(fixed, fixed + headerLength)), kind);
  return { about, start: dataStart(headerLength) };
}

/** Bytes behind the data. */
export const tailBytes = sumBytes;

function checkHeader(header: Record<string, unknown>, kind: DataKind): unknown {
  if (header['version'] !== version || header['kind'] !== kind) throw refuse('other-kind');
  if (header['lexer'] !== lexerPrint()) throw refuse('other-lexer');
  return header['about'];
}

/** The numbers of some bytes, in place where they are aligned. */
export function wordsOf(bytes: Uint8Array): Uint32Array {
  if (bytes.length % 4 !== 0) throw refuse('torn');
  const { buffer, byteOffset, length } = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes);
  return new Uint32Array(buffer, byteOffset, length / 4);
}

const dataStart = (headerLength: number) => Math.ceil((magic.length + 4 + headerLength) / 64) * 64;

function readHeader(bytes: Buffer): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(bytes.toString());
    if (typeof header === 'object' && header !== null) return { ...header };
  } catch (cause) {
    throw new CordonError('copies.bad-file', { reason: 'torn' }, cause);
  }
  throw refuse('torn');
}

export const refuse = (reason: string) => new CordonError('copies.bad-file', { reason });
