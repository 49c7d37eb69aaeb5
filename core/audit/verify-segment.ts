import { closeSync } from 'node:fs';
import type { Claim } from './claims.ts';
import { claimsOf } from './claims.ts';
import { readCheckpoint } from './checkpoint.ts';
import { hostOf } from './host-key.ts';
import { isHeadOf, NO_HEAD, readOpening, statedHead } from './line.ts';
import type { LineOpening } from './line.ts';
import { parseNote } from './note.ts';
import { openForReading } from './open-for-reading.ts';
import { readLastLine, readLines } from './read-lines.ts';
import { parseLine } from './read-segment.ts';
import type { CheckpointCheck } from './verify-checkpoints.ts';
import type { Problem, ProblemKind, Remark, Witness } from './verify-report.ts';
import { parseWriterId } from './writer-id.ts';

/** What is vouched for: heads at sizes, by others and by the host itself. */
export interface Vouched {
  readonly claims: readonly Claim[];
  readonly checkpoints: CheckpointCheck;
}

export interface Told {
  readonly problem: (problem: Problem) => void;
  readonly remark: (remark: Remark) => void;
  /** What this segment says of others. */
  readonly claim: (claim: Claim) => void;
  readonly progress: (bytes: number) => void;
}

export interface Verified {
  readonly size: number;
  readonly head: string;
  readonly bytes: number;
  readonly sealed: boolean;
}

/** Goes through every byte of a segment once, a megabyte at a time. */
export async function verifySegment(
  path: string,
  writer: string,
  vouched: Vouched,
  told: Told,
): Promise<Verified> {
  const fd = openForReading(path);
  let check: Check;
  try {
    check = openCheck(writer, vouched, sealedLines(fd, writer), told);
    for await (const { lines, byte } of readLines(fd)) {
      let at = byte;
      for (const line of lines) {
        check.line(line, at);
        at += line.length;
      }
      told.progress(at - byte);
    }
  } finally {
    closeSync(fd);
  }
  return check.end();
}

/** What says something of segments: read whole, whoever signed for it. */
const selfKinds: ReadonlySet<string> = new Set(['genesis', 'seal', 'orphan']);

interface Check {
  readonly line: (line: Buffer, byte: number) => void;
  readonly end: () => Verified;
}

/**
 * How many lines the seal's checkpoint says it covers, looked up before they are read: whether it holds is told
 * once the seal's turn comes. 0 without a seal.
 */
function sealedLines(fd: number, writer: string): number {
  const line = readLastLine(fd);
  if (line === undefined || readOpening(line, writer)?.kind !== 'seal') return 0;
  const text = parseLine(line)?.data?.['checkpoint'];
  const note = typeof text === 'string' ? parseNote(text) : undefined;
  return (note && readCheckpoint(note.text)?.lines) ?? 0;
}

function openCheck(
  writer: string,
  { claims, checkpoints }: Vouched,
  toSeal: number,
  told: Told,
): Check {
  const host = parseWriterId(writer)?.host;
  const heads = new Map<number, Pick<Claim, 'head' | 'by' | 'from'>[]>();
  const vouch = (size: number, claim: Pick<Claim, 'head' | 'by' | 'from'>): void => {
    const known = heads.get(size);
    if (known === undefined) heads.set(size, [claim]);
    else known.push(claim);
  };
  for (const claim of claims) vouch(claim.size, claim);
  for (const { lines, head } of checkpoints.signed) {
    vouch(lines, { head, by: 'checkpoint', from: `size ${lines}` });
  }
  /** Lines up to here are what the host signed for, or it is told that they are not. */
  const furthest = checkpoints.signed.at(-1)?.lines ?? 0;
  const believed = Math.max(furthest, toSeal);

  let physical = 0;
  let bytes = 0;
  let size = 0;
  let head = NO_HEAD;
  let time = 0;
  let sealed = false;
  /** Lines were lost or moved: sizes no longer say anything. */
  let displaced = false;
  /** Where bytes began that are no line; a torn tail, unless a line follows. */
  let unread: { readonly line: number; readonly byte: number } | undefined;

  const problem = (what: ProblemKind, by: Witness, detail: string, byte = bytes, line = physical) =>
    told.problem({ segment: writer, line, n: size, byte, what, by, detail });

  const place = ({ n, t, clockBack }: LineOpening, byte: number) => {
    if (n !== size) {
      displaced = true;
      if (n > size) problem('missing', 'chain', `${n - size} lines before ${n}`, byte);
      else problem('reordered', 'chain', `number ${n}`, byte);
      size = n;
    }
    if (clockBack > 0) told.remark({ segment: writer, what: 'clock-back', detail: `${clockBack}` });
    if (t + clockBack < time) problem('clock', 'chain', `${time - t} ms`, byte);
    time = t;
  };

  const read = (kind: string, line: Buffer, byte: number) => {
    if ((kind === 'genesis') !== (size === 0)) problem('forged-genesis', 'chain', kind, byte);
    // The signature over the chain says that they are ours; what is behind it anyone may have made.
    if (size < believed && !selfKinds.has(kind)) return;
    const event = parseLine(line);
    const data = event?.data ?? {};
    if (event === undefined) problem('changed', 'chain', 'no JSON', byte);
    if (kind === 'genesis' && size === 0) {
      const { key } = data;
      const raw = Buffer.from(typeof key === 'string' ? key : '', 'base64');
      if (hostOf(raw) !== host) problem('forged-genesis', 'chain', 'key', byte);
    }
    if (kind === 'seal') {
      const signed = displaced ? undefined : checkpoints.seal(data['checkpoint'], size, byte);
      if (signed !== undefined && signed.head !== head) {
        problem('forged-head', 'seal', `size ${size}`, byte);
      }
    }
    for (const claim of claimsOf(writer, kind, data)) told.claim(claim);
  };

  const compare = (byte: number) => {
    if (displaced) return;
    for (const claim of heads.get(size) ?? []) {
      if (claim.head !== head) problem('forged-head', claim.by, claim.from, byte);
    }
  };

  return {
    line(line, byte) {
      physical += 1;
      bytes = byte + line.length;
      const opening = readOpening(line, writer);
      const stated = statedHead(line);
      if (opening === undefined || stated === undefined) {
        unread ??= { line: physical, byte };
        return;
      }
      if (unread !== undefined) {
        problem('changed', 'chain', 'no line', unread.byte, unread.line);
        // As many lines as could not be read may have stood there: they are not missing as well.
        const skipped = physical - unread.line;
        if (opening.n === size + skipped) size = opening.n;
        displaced = true;
      } else if (sealed) {
        problem('after-seal', 'seal', `number ${opening.n}`, byte);
      }
      place(opening, byte);
      // Behind bytes that could not be read the head before is not known: only the next line is checked.
      if (unread === undefined && !isHeadOf(line, head, stated)) {
        problem('changed', 'chain', 'hash', byte);
      }
      unread = undefined;
      read(opening.kind, line, byte);
      if (opening.kind === 'seal') sealed = true;
      head = stated;
      size += 1;
      compare(byte);
    },
    end() {
      const torn = unread === undefined ? 0 : bytes - unread.byte;
      if (torn > 0 && sealed) problem('after-seal', 'seal', `${torn} bytes`, unread?.byte);
      else if (torn > 0) told.remark({ segment: writer, what: 'torn', detail: `${torn}` });
      if (!sealed) told.remark({ segment: writer, what: 'unsealed', detail: `${size}` });
      if (size === 0 && torn > 0) problem('forged-genesis', 'chain', 'none', 0);
      for (const claim of claims) {
        if (claim.size > size) problem('cut', claim.by, `${claim.size} by ${claim.from}`);
      }
      if (furthest > size) problem('cut', 'checkpoint', `${furthest}`);
      return { size, head, bytes, sealed };
    },
  };
}
