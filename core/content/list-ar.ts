import { need, type Reading } from './reading.ts';

export interface ArMember {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const MAGIC = Buffer.from('!<arch>\n');
const HEADER = 60;

export function isAr(bytes: Buffer): boolean {
  return bytes.subarray(0, MAGIC.length).equals(MAGIC);
}

/** The members of an ar archive (deb packages, static libraries), as far as headers follow. */
export function* listAr(size: number, limit: number): Reading<readonly ArMember[]> {
  const members: ArMember[] = [];
  for (let at = MAGIC.length; at + HEADER <= size && members.length < limit;) {
    const header = yield* need(at, HEADER);
    const length = Number(header.toString('latin1', 48, 58).trim());
    const ends = header[58] === 0x60 && header[59] === 0x0a;
    if (!ends || !Number.isSafeInteger(length) || length < 0) break;
    const start = at + HEADER;
    const name = header.toString('latin1', 0, 16).trim().replace(/\/$/u, '');
    members.push({ name, start, end: Math.min(start + length, size) });
    at = start + length + (length % 2);
  }
  return members;
}
