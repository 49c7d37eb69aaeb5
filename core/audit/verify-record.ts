import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Claim } from './claims.ts';
import { HOST_KEY_FILE, hostOf, readHostPublicKey } from './host-key.ts';
import {
  checkpointsPath,
  findSegment,
  isAtItsPlace,
  isDayName,
  isMonthName,
  listSegments,
  listSigned,
  parseSegmentName,
  walkFiles,
} from './list-segments.ts';
import type { SegmentFile } from './list-segments.ts';
import { systemCode } from './record-error.ts';
import { readGenesisKey } from './read-genesis.ts';
import { readSegment } from './read-segment.ts';
import type { Head } from './stored-event.ts';
import { openCheckpointCheck } from './verify-checkpoints.ts';
import { PROBLEMS_KEPT } from './verify-report.ts';
import type { Problem, Remark, VerifyReport } from './verify-report.ts';
import { verifySegment } from './verify-segment.ts';
import type { Told, Verified } from './verify-segment.ts';

export interface VerifyOptions {
  /** Heads kept elsewhere: by the server, or on paper. */
  readonly heads?: readonly Head[];
  readonly onProgress?: (done: { readonly bytes: number; readonly of: number }) => void;
}

/**
 * Checks every byte of the record: each line, the chain, what segments say of one another, each
 * checkpoint. A cut end, a removed last segment and a history written anew with a fresh chain and this
 * host's key are only found by `heads`: whoever owns the machine owns everything else.
 */
export async function verifyRecord(
  folder: string,
  { heads = [], onProgress }: VerifyOptions = {},
): Promise<VerifyReport> {
  const problems: Problem[] = [];
  const remarks: Remark[] = [];
  let problemCount = 0;
  const problem = (one: Problem) => {
    problemCount += 1;
    if (problems.length < PROBLEMS_KEPT) problems.push(one);
  };
  const remark = (one: Remark) => {
    if (remarks.length < PROBLEMS_KEPT) remarks.push(one);
  };
  findStrangers(folder, problem);
  const here = ownHost(folder, problem);

  const segments = listSegments(folder);
  const of = segments.reduce((sum, { path }) => sum + sizeOf(path), 0);
  const claims = new Map<string, Claim[]>();
  const late: Claim[] = [];
  const named = new Set<string>();
  const done = new Map<string, Pick<Verified, 'size' | 'head'>>();
  let bytes = 0;
  const told: Told = {
    problem,
    remark,
    claim: (claim) => {
      named.add(claim.writer);
      if (done.has(claim.writer)) late.push(claim);
      else addClaim(claims, claim);
    },
    progress: (count) => {
      bytes += count;
      onProgress?.({ bytes, of });
    },
  };
  for (const head of heads) addClaim(claims, { ...head, signed: 0, by: 'head', from: 'head' });

  let events = 0;
  let checkpoints = 0;
  // The newest first: what a segment says of older ones is known when their turn comes.
  for (const segment of segments.toReversed()) {
    const { writer, host } = segment;
    if (here !== undefined && host !== here)
      remark({ segment: writer, what: 'other-host', detail: host });
    try {
      const key = readGenesisKey(segment);
      const signatures = openCheckpointCheck(writer, host, key, told);
      signatures.file(checkpointsPath(segment));
      const mine = claims.get(writer) ?? [];
      const verified = await verifySegment(
        pathNow(folder, segment),
        writer,
        { claims: mine.filter(({ size }) => size > 0), checkpoints: signatures },
        told,
      );
      // The name is only given once the seal is on the disk.
      if (segment.state === 'done' && !verified.sealed) {
        problem(about(writer, 'cut', 'seal', `${verified.size} lines`));
      }
      checkSigned(segment, signatures.signed.at(-1)?.lines ?? 0, mine, told);
      done.set(writer, { size: verified.size, head: verified.head });
      events += verified.size;
      checkpoints += signatures.signed.length;
    } catch (error) {
      if (systemCode(error) === '' && !(error instanceof Error && 'data' in error)) throw error;
      done.set(writer, { size: 0, head: '' });
      problem(about(writer, 'stranger', 'segment', systemCode(error)));
    }
    claims.delete(writer);
  }
  for (const { writer, state } of segments) {
    // It moves there once the line that names it is on the disk.
    if (state === 'kept' && !named.has(writer))
      problem(about(writer, 'unnamed', 'segment', 'kept'));
  }
  for (const writer of listSigned(folder)) {
    // A segment is on the disk before anything of it is signed.
    if (done.has(writer) || claims.has(writer)) continue;
    if (findSegment(folder, writer) !== undefined) continue;
    problem(about(writer, 'removed', 'checkpoint', 'its checkpoints stand there'));
  }
  for (const [writer, made] of claims) {
    const [first] = made;
    if (first !== undefined) problem(about(writer, 'removed', first.by, `named by ${first.from}`));
  }
  for (const claim of late) await checkLate(segments, claim, done.get(claim.writer), told);
  const ok = problemCount === 0;
  return {
    ok,
    segments: segments.length,
    events,
    bytes,
    checkpoints,
    problems,
    problemCount,
    remarks,
  };
}

function addClaim(claims: Map<string, Claim[]>, claim: Claim): void {
  const made = claims.get(claim.writer);
  if (made === undefined) claims.set(claim.writer, [claim]);
  else made.push(claim);
}

const about = (
  segment: string,
  what: Problem['what'],
  by: Problem['by'],
  detail: string,
): Problem => ({ segment, line: 0, n: 0, byte: 0, what, by, detail });

/** Whether checkpoints are gone that were there when a later segment looked. */
function checkSigned(
  { writer }: SegmentFile,
  covered: number,
  claims: readonly Claim[],
  { problem }: Told,
): void {
  const vouched = claims.find(({ signed }) => signed > covered);
  if (vouched === undefined) return;
  problem(about(writer, 'removed', 'segment', `checkpoint ${vouched.signed} by ${vouched.from}`));
}

/** A claim about a segment that was read already: where clocks disagree on which is older. */
async function checkLate(
  segments: readonly SegmentFile[],
  claim: Claim,
  verified: Pick<Verified, 'size' | 'head'> | undefined,
  { problem }: Told,
): Promise<void> {
  const { writer, size, head, by, from } = claim;
  if (size === 0 || verified === undefined) return;
  if (size > verified.size) return problem(about(writer, 'cut', by, `${size} by ${from}`));
  if (size === verified.size && head === verified.head) return undefined;
  const segment = segments.find((one) => one.writer === writer);
  if (segment === undefined) return undefined;
  for await (const { events } of readSegment(segment.path, writer)) {
    const at = events.find(({ n }) => n === size - 1);
    if (at !== undefined && at.h !== head) problem(about(writer, 'forged-head', by, from));
  }
}

/** It may be sealed, and so renamed, while the record is read. */
function pathNow(folder: string, segment: SegmentFile): string {
  if (lstatSync(segment.path, { throwIfNoEntry: false }) !== undefined) return segment.path;
  return findSegment(folder, segment.writer)?.path ?? segment.path;
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

function ownHost(folder: string, problem: (one: Problem) => void): string | undefined {
  try {
    const key = readHostPublicKey(folder);
    return key === undefined ? undefined : hostOf(key);
  } catch (error) {
    const why = error instanceof Error && 'data' in error ? 'refused' : systemCode(error);
    problem(about(HOST_KEY_FILE, 'stranger', 'segment', why));
    return undefined;
  }
}

/** Whatever stands among the segments and is none: a link, a second file of one writer. */
function findStrangers(folder: string, problem: (one: Problem) => void): void {
  if (lstatSync(folder, { throwIfNoEntry: false }) === undefined) return;
  const stranger = (name: string, why: string) => problem(about(name, 'stranger', 'segment', why));
  for (const month of readdirSync(folder, { withFileTypes: true })) {
    if (isMonthName(month.name) && !month.isDirectory()) stranger(month.name, 'no folder');
  }
  const seen = new Map<string, string>();
  for (const { place, name, isFile } of walkFiles(folder)) {
    const named = parseSegmentName(name);
    if (named === undefined) {
      if (isDayName(name)) stranger(name, 'no folder');
      continue;
    }
    const { writer } = named;
    const path = join(place, name);
    const twin = seen.get(writer);
    if (!isFile) stranger(name, 'no file');
    // Both there at once, and not one renamed while we looked.
    else if (twin !== undefined && sizeOf(twin) > 0 && sizeOf(path) > 0) stranger(name, 'twice');
    // Whoever reads a part of the record looks where its time is kept.
    else if (!isAtItsPlace({ ...named, path })) stranger(name, 'in the folder of another time');
    seen.set(writer, path);
  }
}
