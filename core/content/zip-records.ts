/** The records of a zip file (PKWARE APPNOTE 6.3), parsed from bytes. No I/O, no trust. */

export const LOCAL_SIGNATURE = Buffer.from('PK\u0003\u0004', 'latin1');
export const CENTRAL_SIGNATURE = Buffer.from('PK\u0001\u0002', 'latin1');
export const END_SIGNATURE = Buffer.from('PK\u0005\u0006', 'latin1');

export const LOCAL_BYTES = 30;
export const CENTRAL_BYTES = 46;
export const END_BYTES = 22;

/** What a local header or a central directory record says of an entry. */
export interface ZipHeader {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  /** -1 where it stands in a data descriptor behind the data. */
  readonly compressedSize: number;
  readonly size: number;
  /** Of the local header, as the central record has it. */
  readonly localOffset: number;
  /** Bytes of this record itself, name and extra field included. */
  readonly length: number;
}

export const isEncrypted = (header: ZipHeader): boolean => (header.flags & 0x2041) !== 0;

/** A local header at `at`, or undefined where the bytes there cannot be one. */
export function parseLocalHeader(bytes: Buffer, at: number): ZipHeader | undefined {
  if (bytes.length < at + LOCAL_BYTES || bytes.readUInt32LE(at) !== 0x04034b50) return undefined;
  const nameLength = bytes.readUInt16LE(at + 26);
  const extraLength = bytes.readUInt16LE(at + 28);
  const flags = bytes.readUInt16LE(at + 6);
  const extra = bytes.subarray(at + LOCAL_BYTES + nameLength).subarray(0, extraLength);
  const [size, compressedSize] = widen(extra, [
    bytes.readUInt32LE(at + 22),
    bytes.readUInt32LE(at + 18),
  ]);
  // Sizes behind the data: the field should be zero, and a liar's number is worth no more.
  const later = (flags & 8) !== 0 && compressedSize === 0;
  return {
    name: readName(bytes, at + LOCAL_BYTES, nameLength, flags),
    flags,
    method: bytes.readUInt16LE(at + 8),
    crc: bytes.readUInt32LE(at + 14),
    compressedSize: later ? -1 : (compressedSize ?? 0),
    size: size ?? 0,
    localOffset: at,
    length: LOCAL_BYTES + nameLength + extraLength,
  };
}

/** A central directory record at `at`, or undefined. */
export function parseCentralRecord(bytes: Buffer, at: number): ZipHeader | undefined {
  if (bytes.length < at + CENTRAL_BYTES || bytes.readUInt32LE(at) !== 0x02014b50) return undefined;
  const nameLength = bytes.readUInt16LE(at + 28);
  const extraLength = bytes.readUInt16LE(at + 30);
  const commentLength = bytes.readUInt16LE(at + 32);
  const flags = bytes.readUInt16LE(at + 8);
  const extra = bytes.subarray(at + CENTRAL_BYTES + nameLength).subarray(0, extraLength);
  const [size = 0, compressedSize = 0, localOffset = 0] = widen(extra, [
    bytes.readUInt32LE(at + 24),
    bytes.readUInt32LE(at + 20),
    bytes.readUInt32LE(at + 42),
  ]);
  return {
    name: readName(bytes, at + CENTRAL_BYTES, nameLength, flags),
    flags,
    method: bytes.readUInt16LE(at + 10),
    crc: bytes.readUInt32LE(at + 16),
    compressedSize,
    size,
    localOffset,
    length: CENTRAL_BYTES + nameLength + extraLength + commentLength,
  };
}

/** Replaces each 0xffffffff by the next number of the zip64 extra field (id 1), where it has one. */
function widen(extra: Buffer, values: readonly number[]): number[] {
  let field: Buffer | undefined;
  for (let at = 0; at + 4 <= extra.length;) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) field ??= extra.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
  let next = 0;
  return values.map((value) => {
    if (value !== 0xffffffff || field === undefined || field.length < next + 8) return value;
    next += 8;
    return Number(field.readBigUInt64LE(next - 8));
  });
}

function readName(bytes: Buffer, start: number, length: number, flags: number): string {
  // A directory of a gigabyte of names must not become a gigabyte of strings.
  const name = bytes.subarray(start, start + Math.min(length, MOST_NAME_BYTES));
  return name.toString((flags & 0x800) !== 0 ? 'utf8' : 'latin1');
}

const MOST_NAME_BYTES = 512;

/**
 * The local header at `at` if it is one beyond doubt. The signature alone also stands in every program
 * that reads zips, so an orphan must also look like an entry that a zip writer made. Flags do not
 * count: readers pass over those they do not know.
 */
export function parseSureLocalHeader(bytes: Buffer, at: number): ZipHeader | undefined {
  if (bytes.length < at + LOCAL_BYTES || !KNOWN_METHODS.has(bytes.readUInt16LE(at + 8))) {
    return undefined;
  }
  const nameLength = bytes.readUInt16LE(at + 26);
  if (nameLength === 0 || nameLength >= 4096) return undefined;
  const name = bytes.subarray(at + LOCAL_BYTES, at + LOCAL_BYTES + nameLength);
  return hasControlCharacters(name) ? undefined : parseLocalHeader(bytes, at);
}

const KNOWN_METHODS = new Set([0, 1, 2, 3, 4, 5, 6, 8, 9, 12, 14, 19, 93, 95, 96, 97, 98, 99]);

function hasControlCharacters(name: Buffer): boolean {
  for (const byte of name) if (byte < 0x20) return true;
  return false;
}

/** Where an end-of-central-directory record says the directory is. */
export interface ZipEnd {
  readonly directorySize: number;
  readonly directoryOffset: number;
  readonly entries: number;
}

export function parseEnd(bytes: Buffer, at: number): ZipEnd | undefined {
  if (bytes.length < at + END_BYTES || bytes.readUInt32LE(at) !== 0x06054b50) return undefined;
  return {
    entries: bytes.readUInt16LE(at + 10),
    directorySize: bytes.readUInt32LE(at + 12),
    directoryOffset: bytes.readUInt32LE(at + 16),
  };
}

/** The zip64 record that stands before `end` (as every writer puts it), or undefined. */
export function parseEnd64(bytes: Buffer, end: number): ZipEnd | undefined {
  const locator = end - 20;
  if (locator < 56 || bytes.readUInt32LE(locator) !== 0x07064b50) return undefined;
  const at = bytes.lastIndexOf('PK\u0006\u0006', locator - 56, 'latin1');
  if (at < 0 || at + 56 > bytes.length) return undefined;
  return {
    entries: Number(bytes.readBigUInt64LE(at + 32)),
    directorySize: Number(bytes.readBigUInt64LE(at + 40)),
    directoryOffset: Number(bytes.readBigUInt64LE(at + 48)),
  };
}
