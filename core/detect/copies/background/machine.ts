import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { CordonError } from '../../../error.ts';
import type { Background } from '../types.ts';
import {
  blockBytes,
  blocksFor,
  createBloom,
  foldBloom,
  joinBackgrounds,
  type Bloom,
} from './bloom.ts';
import { decodeData, decodeHead, encodeData, refuse, tailBytes, wordsOf } from './data-file.ts';
import { eachGram } from './each-gram.ts';
import { filesOfPackage, readPackageFile } from './package-files.ts';
import { nameOf, type InstalledPackage } from './package-finder.ts';

/** More bits a gram than the shipped filter has: three filters say yes together, and all of it is lost recall. */
const machineBitsPerGram = 15;
/** Different grams a byte of source: 0.135 in 203 MB of Python, TypeScript and C, so there is room to spare. */
const gramsPerByte = 0.16;
/** One package in so many is held back to calibrate by. */
const heldBackOneIn = 6;
/** Beyond so much source a filter would take more than 200 MB. */
const mostBytes = 600 * 1024 * 1024;

export interface BuildOptions {
  readonly packages: readonly InstalledPackage[];
  /** From `findInstalledCode`: what the kept filter is fresh by. */
  readonly key: string;
  /** Bytes of source taken at most; later packages are reported as not taken. Default 600 MB. */
  readonly maxBytes?: number;
  /** Milliseconds of `performance.now()` after which the rest is reported as not taken. */
  readonly deadline?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: {
    packages: number;
    bytes: number;
    of: number;
    name: string;
  }) => void;
}

export interface TakenPackage {
  /** `npm/zod@4.6.7`. */
  readonly name: string;
  readonly bytes: number;
  readonly files: number;
  readonly heldBack: boolean;
}

export interface MachineBackground {
  /** All of it: what an index subtracts in the end. */
  readonly all: Background;
  /** Without the packages held back: what an index subtracts to be calibrated by those. */
  readonly calibrating: Background;
  readonly key: string;
  readonly taken: readonly TakenPackage[];
  /** Names of packages that no room or time was left for. */
  readonly notTaken: readonly string[];
  readonly grams: number;
}

interface About extends Omit<MachineBackground, 'all' | 'calibrating'> {
  readonly split: number;
  /** Bytes of both filters. */
  readonly size: number;
}

/** The same packages are held back on every machine: 1 in 6, by the hash of the name alone. */
export const isHeldBack = ({ ecosystem, name }: InstalledPackage): boolean =>
  createHash('sha256').update(`${ecosystem}/${name}`).digest().readUInt32BE() % heldBackOneIn === 0;

/**
 * Reads every package once and keeps the hashes of its grams. Nothing else of it is kept. Lets the event
 * loop turn after each package. Throws the signal's reason when aborted.
 */
export async function buildMachineBackground(options: BuildOptions): Promise<Buffer> {
  const { packages, key, maxBytes = mostBytes, deadline = Infinity, signal, onProgress } = options;
  const chosen: { one: InstalledPackage; files: string[]; bytes: number; held: boolean }[] = [];
  const notTaken: string[] = [];
  const totals = { rest: 0, held: 0 };
  for (const one of packages) {
    signal?.throwIfAborted();
    const files = filesOfPackage(one);
    const bytes = files.reduce((sum, { size }) => sum + size, 0);
    if (totals.rest + totals.held + bytes > maxBytes) {
      notTaken.push(nameOf(one));
      continue;
    }
    const held = isHeldBack(one);
    totals[held ? 'held' : 'rest'] += bytes;
    chosen.push({ one, files: files.map(({ path }) => path), bytes, held });
    await setImmediate();
  }
  const rest = createBloom(blocksFor(totals.rest * gramsPerByte, machineBitsPerGram));
  const held = createBloom(blocksFor(totals.held * gramsPerByte, machineBitsPerGram));
  const fresh = { rest: 0, held: 0 };
  const taken: TakenPackage[] = [];
  let bytes = 0;
  for (const each of chosen) {
    const name = nameOf(each.one);
    if (performance.now() > deadline) {
      notTaken.push(name);
      continue;
    }
    const side = each.held ? 'held' : 'rest';
    const bloom = each.held ? held : rest;
    for (const file of each.files) {
      const content = readPackageFile(file);
      if (content === undefined) continue;
      eachGram(content, (view, high, low) => {
        if (bloom.add(view, high, low)) fresh[side] += 1;
      });
    }
    bytes += each.bytes;
    taken.push({ name, bytes: each.bytes, files: each.files.length, heldBack: each.held });
    onProgress?.({ packages: taken.length, bytes, of: totals.rest + totals.held, name });
    await setImmediate();
    signal?.throwIfAborted();
  }
  const folded = [
    foldBloom(rest, fresh.rest, machineBitsPerGram),
    foldBloom(held, fresh.held, machineBitsPerGram),
  ].map(bytesOf);
  const [first = new Uint8Array(), second = new Uint8Array()] = folded;
  const about: About = {
    key,
    taken,
    notTaken,
    grams: fresh.rest + fresh.held,
    split: first.length,
    size: first.length + second.length,
  };
  return encodeData('grams', about, Buffer.concat([first, second]));
}

/** Throws `CordonError('copies.bad-file')`: torn, or made for another lexer. To be made anew then. */
export function decodeMachineBackground(bytes: Buffer): MachineBackground {
  const { about, data } = decodeData(bytes, 'grams');
  const known = checkAbout(about, data.length);
  return fromFilters(known, () => data);
}

const HEAD_BYTES = 64 * 1024;

/**
 * The same, of a file of this user's: its filters, 100 MB for 550 MB of packages, are read when the
 * first gram is asked for, which a registration that finds nothing changed never does. Throws as
 * `decodeMachineBackground`; ENOENT as the system does.
 */
export function openMachineBackground(path: string): MachineBackground {
  const fd = openSync(path, 'r');
  try {
    let head = readPart(fd, 0, HEAD_BYTES);
    let found = decodeHead(head, 'grams');
    if ('need' in found) {
      head = readPart(fd, 0, found.need);
      found = decodeHead(head, 'grams');
    }
    if ('need' in found) throw refuse('torn');
    const { start } = found;
    const dataBytes = fstatSync(fd).size - start - tailBytes;
    return fromFilters(checkAbout(found.about, dataBytes), () => readData(path, start, dataBytes));
  } finally {
    closeSync(fd);
  }
}

function readData(path: string, start: number, bytes: number): Buffer {
  const fd = openSync(path, 'r');
  try {
    const data = readPart(fd, start, bytes);
    if (data.length !== bytes) throw refuse('torn');
    return data;
  } finally {
    closeSync(fd);
  }
}

function readPart(fd: number, from: number, most: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(most);
  let got = 0;
  while (got < most) {
    const count = readSync(fd, bytes, got, most - got, from + got);
    if (count === 0) break;
    got += count;
  }
  return bytes.subarray(0, got);
}

function checkAbout(about: unknown, dataBytes: number): About {
  if (!isAbout(about)) throw refuse('torn');
  const { split, size } = about;
  const isWhole = split > 0 && split < size && size === dataBytes;
  if (!isWhole || split % blockBytes !== 0 || size % blockBytes !== 0) throw refuse('torn');
  return about;
}

function fromFilters(
  { split, size: _size, ...rest }: About,
  read: () => Buffer,
): MachineBackground {
  let made: { readonly calibrating: Background; readonly all: Background } | undefined;
  const filters = () => {
    if (made === undefined) {
      const data = read();
      const calibrating = createBloom(wordsOf(data.subarray(0, split)));
      const held = createBloom(wordsOf(data.subarray(split)));
      made = { calibrating, all: joinBackgrounds(calibrating, held) };
    }
    return made;
  };
  return {
    ...rest,
    calibrating: { has: (view, high, low) => filters().calibrating.has(view, high, low) },
    all: { has: (view, high, low) => filters().all.has(view, high, low) },
  };
}

/** The files of the packages that the filter held back, to calibrate by; of packages that are still there. */
export function heldBackFiles(
  packages: readonly InstalledPackage[],
  { taken }: MachineBackground,
): { name: string; path: string }[] {
  const held = new Set(taken.filter((one) => one.heldBack).map(({ name }) => name));
  return packages
    .filter((one) => held.has(nameOf(one)))
    .flatMap((one) => filesOfPackage(one).map(({ path }) => ({ name: nameOf(one), path })));
}

const bytesOf = ({ words: { buffer, byteOffset, byteLength } }: Bloom) =>
  new Uint8Array(buffer, byteOffset, byteLength);

function isAbout(about: unknown): about is About {
  if (typeof about !== 'object' || about === null) throw new CordonError('copies.bad-file');
  const { key, taken, notTaken, grams, split, size } = about as Record<string, unknown>;
  return (
    typeof key === 'string' &&
    Array.isArray(taken) &&
    Array.isArray(notTaken) &&
    typeof grams === 'number' &&
    typeof split === 'number' &&
    Number.isInteger(split) &&
    typeof size === 'number' &&
    Number.isInteger(size)
  );
}
