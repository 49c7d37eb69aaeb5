import { capBytes, type Format, type Recognised, understood } from './format.ts';
import { countDataset, type Hdf5File, readLinks, readMessages } from './hdf5-objects.ts';
import { MOST_AT_ONCE, type Reading, readWithin, take, type Window } from './window.ts';

const MAGIC = Buffer.from('894844460d0a1a0a', 'hex');
/** Where the superblock may stand: 0, 512, and each power of two after. */
const PLACES: readonly number[] = [0, 512, 1024, 2048];
const MOST_OBJECTS = 100_000;
/** Groups stored in ways not walked here are found by the signature of their object headers. */
const SWEPT = 32 * MOST_AT_ONCE;
const LEAST_PAYLOAD = 1024;

/**
 * HDF5, as Keras and PyTables write it: superblock, object headers, groups; the sizes of all datasets
 * of floats (and of signed bytes, which quantised models are), compressed or not.
 */
export const hdf5: Format = {
  rule: 'hdf5',

  claims(head) {
    return findMagic(head) !== undefined;
  },

  *read(window: Window): Reading<Recognised | undefined> {
    const place = findMagic(yield* take(window, 0, 4096));
    if (place === undefined) return undefined;
    const region = { start: place, end: window.size };
    const found = yield* readWithin(window, region, readFile);
    if (found === undefined) return undefined;
    return { ...found, offset: place, end: found.payloadBytes > 0 ? window.size : 0 };
  },
};

function findMagic(head: Buffer): number | undefined {
  return PLACES.find((at) => head.subarray(at, at + 8).equals(MAGIC));
}

interface Superblock extends Hdf5File {
  readonly root: number;
}

function* readFile(window: Window): Reading<Recognised | undefined> {
  const superblock = readSuperblock(yield* take(window, 0, 128));
  if (superblock === undefined) return undefined;
  const sum = { payload: 0, tensors: 0, parameters: 0, whole: true };
  const queue = [superblock.root];
  const seen = new Set(queue);
  for (let at = queue.pop(); at !== undefined && seen.size <= MOST_OBJECTS; at = queue.pop()) {
    const messages = yield* readMessages(window, superblock, at);
    const dataset = countDataset(messages, superblock);
    sum.payload += dataset.bytes;
    sum.parameters += dataset.elements;
    if (dataset.bytes > 0) sum.tensors += 1;
    const links = yield* readLinks(window, superblock, messages);
    if (!links.whole) sum.whole = false;
    for (const link of links.addresses) {
      if (!seen.has(link)) queue.push(link);
      seen.add(link);
    }
  }
  if (!sum.whole) yield* sweep(window, superblock, seen, sum);
  if (sum.payload < LEAST_PAYLOAD) return understood('hdf5');
  return {
    rule: 'hdf5',
    payloadBytes: capBytes(sum.payload),
    tensors: sum.tensors,
    parameters: capBytes(sum.parameters),
    offset: 0,
    payload: [],
    end: window.size,
  };
}

/** Version 0 and 1 name the root group by a symbol table entry, 2 and 3 by its header's address. */
function readSuperblock(bytes: Buffer): Superblock | undefined {
  const version = bytes[8] ?? 255;
  if (bytes.length < 96 || version > 3) return undefined;
  const offsets = bytes[version < 2 ? 13 : 9];
  const lengths = bytes[version < 2 ? 14 : 10];
  if ((offsets !== 8 && offsets !== 4) || (lengths !== 8 && lengths !== 4)) return undefined;
  const addresses = version === 0 ? 24 : version === 1 ? 28 : 12;
  // Four addresses, then the entry: name offset, header address. Or three, then the header.
  const at = version < 2 ? addresses + 5 * offsets : addresses + 3 * offsets;
  const root = offsets === 8 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUInt32LE(at);
  return { offsets, lengths, root };
}

function* sweep(
  window: Window,
  file: Hdf5File,
  seen: Set<number>,
  sum: { payload: number; tensors: number; parameters: number },
): Reading<void> {
  const end = Math.min(window.size, SWEPT);
  for (let from = 0; from < end;) {
    const chunk = Buffer.from(yield* take(window, from, MOST_AT_ONCE));
    for (let i = chunk.indexOf('OHDR'); i >= 0; i = chunk.indexOf('OHDR', i + 4)) {
      const at = from + i;
      if (seen.has(at) || seen.size > MOST_OBJECTS) continue;
      seen.add(at);
      const dataset = countDataset(yield* readMessages(window, file, at), file);
      sum.payload += dataset.bytes;
      sum.parameters += dataset.elements;
      if (dataset.bytes > 0) sum.tensors += 1;
    }
    from += Math.max(1, chunk.length - (from + chunk.length < end ? 3 : 0));
  }
}
