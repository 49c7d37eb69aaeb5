import { need, type Reading } from './reading.ts';

interface TarMember {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Stored with holes (GNU, pax): its bytes here are not its content. */
  readonly sparse: boolean;
}

export interface TarListing {
  readonly members: readonly TarMember[];
  /** Something that is no header stands where one should. */
  readonly malformed: boolean;
  /** Where what was read ends. */
  readonly end: number;
  readonly cut: boolean;
}

const BLOCK = 512;

/** Whether a tar header (POSIX.1-1988 ustar, GNU, or older) begins at `at`: its checksum holds. */
export function isTarHeader(bytes: Buffer, at: number): boolean {
  if (bytes.length < at + BLOCK) return false;
  const stored = readNumber(bytes.subarray(at + 148, at + 156));
  if (stored <= 0) return false;
  let sum = 8 * 0x20;
  let signedSum = sum;
  for (let index = 0; index < BLOCK; index += 1) {
    if (index >= 148 && index < 156) continue;
    const byte = bytes[at + index] ?? 0;
    sum += byte;
    signedSum += byte > 127 ? byte - 256 : byte;
  }
  // Old writers summed signed bytes. A name and a readable size keep chance out.
  return (
    (stored === sum || stored === signedSum) &&
    bytes[at] !== 0 &&
    readNumber(bytes.subarray(at + 124, at + 136)) >= 0
  );
}

const USTAR = Buffer.from('ustar');

/** Where a tar begins in `bytes`: at its start, or where a ustar header's checksum holds. */
export function findTar(bytes: Buffer, from = 0): number {
  if (isTarHeader(bytes, from)) return from;
  for (let at = bytes.indexOf(USTAR, from + 258); at >= 0; at = bytes.indexOf(USTAR, at + 1)) {
    if (isTarHeader(bytes, at - 257)) return at - 257;
  }
  return -1;
}

/** The members of the tar that begins at `start`. */
export function* listTar(size: number, limit: number, start = 0): Reading<TarListing> {
  const members: TarMember[] = [];
  let longName: string | undefined;
  let paxSize: number | undefined;
  let paxSparse = false;
  let emptyBlocks = 0;
  let at = start;
  while (at + BLOCK <= size) {
    const header = yield* need(at, BLOCK);
    if (isEmptyBlock(header)) {
      // Two end it, but archives are concatenated, and readers told to go on do.
      emptyBlocks += 1;
      at += BLOCK;
      if (emptyBlocks > MOST_EMPTY_BLOCKS) break;
      continue;
    }
    if (!isTarHeader(header, 0))
      return { members, malformed: emptyBlocks < 2, end: at, cut: false };
    emptyBlocks = 0;
    if (members.length >= limit) return { members, malformed: false, end: at, cut: true };
    const type = String.fromCharCode(header[156] ?? 0);
    const length = readNumber(header.subarray(124, 136));
    const dataStart = at + BLOCK;
    at = dataStart + Math.ceil((paxSize ?? length) / BLOCK) * BLOCK;
    if (type === 'L' || type === 'x') {
      const data = yield* need(dataStart, Math.min(length, MOST_HEADER_BYTES));
      if (type === 'L') longName = cString(data);
      else {
        const pax = parsePax(data);
        longName = pax.get('path') ?? longName;
        paxSize = numberOf(pax.get('size'));
        paxSparse = [...pax.keys()].some((key) => key.startsWith('GNU.sparse.'));
        at = dataStart + Math.ceil(length / BLOCK) * BLOCK;
      }
      // What a header record holds is content like any other.
      members.push(member(type === 'L' ? 'long-name' : 'pax', dataStart, length, false, size));
      continue;
    }
    const name = longName ?? headerName(header);
    const bytes = paxSize ?? length;
    // Links have no data, whatever size they claim; where there is some, it is looked at.
    if (bytes > 0) members.push(member(name, dataStart, bytes, type === 'S' || paxSparse, size));
    longName = undefined;
    paxSize = undefined;
    paxSparse = false;
    if (at > size) return { members, malformed: true, end: size, cut: false };
  }
  return { members, malformed: false, end: at, cut: false };
}

const MOST_EMPTY_BLOCKS = 256;
const MOST_HEADER_BYTES = 64 * 1024;

function member(
  name: string,
  start: number,
  length: number,
  sparse: boolean,
  size: number,
): TarMember {
  return { name, start, end: Math.min(start + length, size), sparse };
}

function isEmptyBlock(block: Buffer): boolean {
  return block.every((byte) => byte === 0);
}

function headerName(header: Buffer): string {
  const name = cString(header.subarray(0, 100));
  const prefix = header.subarray(257, 262).toString('latin1') === 'ustar' && header[262] === 0;
  const folder = prefix ? cString(header.subarray(345, 500)) : '';
  return folder === '' ? name : `${folder}/${name}`;
}

function cString(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.subarray(0, end < 0 ? bytes.length : end).toString('utf8');
}

/** Octal digits, or GNU's base 256 where the first bit is set; -1 where it is neither. */
function readNumber(field: Buffer): number {
  if (((field[0] ?? 0) & 0x80) !== 0) {
    let value = (field[0] ?? 0) & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    return Number.isSafeInteger(value) ? value : -1;
  }
  let value = 0;
  let digits = 0;
  for (const byte of field) {
    if (byte >= 0x30 && byte <= 0x37) {
      value = value * 8 + byte - 0x30;
      digits += 1;
    } else if (digits > 0 || byte !== 0x20) {
      return byte === 0 || byte === 0x20 ? value : -1;
    }
  }
  return value;
}

/** `length key=value\n` records (POSIX pax). Stops at the first that is none. */
function parsePax(data: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(0x20, at);
    const length = space < 0 ? Number.NaN : Number(data.subarray(at, space).toString('latin1'));
    if (!Number.isInteger(length) || length < space - at + 3 || at + length > data.length) break;
    const record = data.subarray(space + 1, at + length - 1).toString('utf8');
    const equals = record.indexOf('=');
    if (equals > 0) records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

function numberOf(text: string | undefined): number | undefined {
  const value = text === undefined ? Number.NaN : Number(text);
  return Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}
