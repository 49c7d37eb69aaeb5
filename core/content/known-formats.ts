import { crc32 } from 'node:zlib';

/** Why a format that is certain by its first bytes cannot be looked into. */
export interface ClosedFormat {
  readonly rule: 'unsupported' | 'encrypted';
  readonly format: string;
}

interface Signature extends ClosedFormat {
  readonly magic: Buffer;
  /** More that must hold, where the magic alone also stands in ordinary files. */
  readonly holds?: (bytes: Buffer, at: number) => boolean;
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const hex = (text: string) => Buffer.from(text, 'hex');

const SIGNATURES: readonly Signature[] = [
  { rule: 'unsupported', format: '7z', magic: hex('377abcaf271c'), holds: is7z },
  { rule: 'unsupported', format: 'xz', magic: hex('fd377a585a00'), holds: isXz },
  { rule: 'unsupported', format: 'rar', magic: hex('526172211a07'), holds: isRar },
  { rule: 'unsupported', format: 'bzip2', magic: latin1('BZh'), holds: isBzip2 },
  { rule: 'unsupported', format: 'zstd', magic: hex('28b52ffd'), holds: isZstd },
  { rule: 'unsupported', format: 'lz4', magic: hex('04224d18'), holds: isLz4 },
  { rule: 'unsupported', format: 'lzip', magic: latin1('LZIP\u0001') },
  { rule: 'unsupported', format: 'git-pack', magic: latin1('PACK\0\0\0'), holds: isPack },
  { rule: 'unsupported', format: 'git-bundle', magic: latin1('# v2 git bundle\n') },
  { rule: 'unsupported', format: 'git-bundle', magic: latin1('# v3 git bundle\n') },
  { rule: 'unsupported', format: 'cab', magic: latin1('MSCF\0\0\0\0') },
  { rule: 'encrypted', format: 'age', magic: latin1('age-encryption.org/v1\n') },
  { rule: 'encrypted', format: 'openpgp', magic: latin1('-----BEGIN PGP MESSAGE-----') },
  { rule: 'encrypted', format: 'openssl', magic: latin1('Salted__'), holds: (b) => b.length > 16 },
];

const byFirst = new Map<number, Signature[]>();
for (const signature of SIGNATURES) {
  const first = signature.magic[0] ?? 0;
  byFirst.set(first, [...(byFirst.get(first) ?? []), signature]);
}

export const closedMagics = (): readonly Buffer[] => SIGNATURES.map(({ magic }) => magic);

/** The closed format that begins at `at`, or undefined. */
export function recogniseClosed(bytes: Buffer, at = 0): ClosedFormat | undefined {
  for (const { rule, format, magic, holds } of byFirst.get(bytes[at] ?? -1) ?? []) {
    if (!startsWith(bytes, magic, at)) continue;
    if (holds === undefined || holds(bytes, at)) return { rule, format };
  }
  return undefined;
}

function startsWith(bytes: Buffer, magic: Buffer, at: number): boolean {
  for (let index = 0; index < magic.length; index += 1) {
    if (bytes[at + index] !== magic[index]) return false;
  }
  return true;
}

/** Formats whose headers carry a checksum, so that they are certain wherever they stand. */
const SURE_ANYWHERE = SIGNATURES.filter(({ format }) =>
  ['7z', 'xz', 'rar', 'bzip2'].includes(format),
).map((signature) =>
  signature.format === 'bzip2' ? { ...signature, magic: latin1('1AY&SY') } : signature,
);

/** A closed archive behind the beginning of `bytes`, such as one that was appended to a picture. */
export function findClosedInside(bytes: Buffer): { format: ClosedFormat; at: number } | undefined {
  for (const { rule, format, magic, holds } of SURE_ANYWHERE) {
    const back = format === 'bzip2' ? 4 : 0;
    for (let at = bytes.indexOf(magic, 1); at >= 0; at = bytes.indexOf(magic, at + 1)) {
      if (at > back && holds?.(bytes, at - back) === true) {
        return { format: { rule, format }, at: at - back };
      }
    }
  }
  return undefined;
}

function is7z(bytes: Buffer, at: number): boolean {
  // The start header's CRC (7zFormat.txt).
  return (
    bytes.length >= at + 32 &&
    crc32(bytes.subarray(at + 12, at + 32)) === bytes.readUInt32LE(at + 8)
  );
}

function isXz(bytes: Buffer, at: number): boolean {
  return (
    bytes.length >= at + 12 && crc32(bytes.subarray(at + 6, at + 8)) === bytes.readUInt32LE(at + 8)
  );
}

function isRar(bytes: Buffer, at: number): boolean {
  if (bytes.length < at + 20) return false;
  // RAR 4: the archive header, type 0x73, 13 bytes, under the lower half of its CRC.
  if (bytes[at + 6] === 0) {
    const header = bytes.subarray(at + 9, at + 20);
    return header[0] === 0x73 && (crc32(header) & 0xffff) === bytes.readUInt16LE(at + 7);
  }
  // RAR 5: a CRC, then the header's size and the header it is of.
  const size = bytes[at + 12] ?? 0xff;
  if (bytes[at + 6] !== 1 || bytes[at + 7] !== 0 || size >= 0x80) return false;
  return crc32(bytes.subarray(at + 12, at + 13 + size)) === bytes.readUInt32LE(at + 8);
}

function isBzip2(bytes: Buffer, at: number): boolean {
  const level = bytes[at + 3] ?? 0;
  if (level < 0x31 || level > 0x39 || bytes.length < at + 14) return false;
  const block = bytes.readUIntBE(at + 4, 6);
  return block === 0x314159265359 || block === 0x177245385090;
}

function isZstd(bytes: Buffer, at: number): boolean {
  // RFC 8878: bit 3 of the descriptor is reserved; block type 3 too.
  const descriptor = bytes[at + 4];
  if (descriptor === undefined || (descriptor & 0x08) !== 0) return false;
  const single = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeField = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const block = bytes[at + 5 + (single ? 0 : 1) + dictionary + sizeField];
  return block !== undefined && (block & 0x06) !== 0x06;
}

function isLz4(bytes: Buffer, at: number): boolean {
  const flags = bytes[at + 4];
  const block = bytes[at + 5];
  if (flags === undefined || block === undefined) return false;
  return (flags & 0xc2) === 0x40 && (block & 0x8f) === 0 && block >= 0x40;
}

function isPack(bytes: Buffer, at: number): boolean {
  return bytes.length >= at + 32 && (bytes[at + 7] === 2 || bytes[at + 7] === 3);
}
