/** Object headers and groups of HDF5 (the HDF Group's "File Format Specification", versions 1 to 3). */
import { type Reading, take, type Window } from './window.ts';

export interface Hdf5File {
  /** Bytes of an address. */
  readonly offsets: 4 | 8;
  /** Bytes of a length. */
  readonly lengths: 4 | 8;
}

export interface Message {
  readonly type: number;
  readonly body: Buffer;
}

const DATASPACE = 1;
const LINK_INFO = 2;
const DATATYPE = 3;
const LINK = 6;
const CONTINUATION = 16;
const SYMBOL_TABLE = 17;

const MOST_MESSAGES = 4096;
const MOST_BLOCKS = 256;
const LONGEST_BLOCK = 256 * 1024;
const MOST_NODES = 10_000;

function readSized(bytes: Buffer, at: number, width: 4 | 8): number | undefined {
  if (at + width > bytes.length) return undefined;
  const value = width === 4 ? bytes.readUInt32LE(at) : Number(bytes.readBigUInt64LE(at));
  // All bits set: no address.
  return value >= (width === 4 ? 0xffff_ffff : Number.MAX_SAFE_INTEGER) ? undefined : value;
}

/** The messages of the object header at `address`, continuation blocks included; none where it is no header. */
export function* readMessages(window: Window, file: Hdf5File, address: number): Reading<Message[]> {
  const start = Buffer.from(yield* take(window, address, 64));
  if (start.length < 16) return [];
  const messages: Message[] = [];
  const isNew = start.toString('latin1', 0, 4) === 'OHDR';
  if (!isNew && start[0] !== 1) return [];
  const flags = start[5] ?? 0;
  const blocks: { at: number; length: number }[] = [];
  if (isNew) {
    const width = 1 << (flags & 3);
    const sizeAt = 6 + ((flags & 0x20) === 0 ? 0 : 16) + ((flags & 0x10) === 0 ? 0 : 4);
    const length =
      width === 8 ? Number(start.readBigUInt64LE(sizeAt)) : start.readUIntLE(sizeAt, width);
    blocks.push({ at: address + sizeAt + width, length });
  } else {
    blocks.push({ at: address + 16, length: start.readUInt32LE(8) });
  }
  for (let i = 0; i < blocks.length && i < MOST_BLOCKS; i++) {
    const { at, length } = blocks[i] ?? { at: 0, length: 0 };
    const block = Buffer.from(yield* take(window, at, Math.min(length, LONGEST_BLOCK)));
    // A continuation of the new kind begins with its own signature.
    const skip = isNew && i > 0 ? 4 : 0;
    const created = isNew && (flags & 4) !== 0;
    for (const message of splitBlock(block.subarray(skip), isNew, created)) {
      if (messages.length >= MOST_MESSAGES) return messages;
      messages.push(message);
      if (message.type !== CONTINUATION) continue;
      const to = readSized(message.body, 0, file.offsets);
      const size = readSized(message.body, file.offsets, file.lengths);
      if (to !== undefined && size !== undefined) blocks.push({ at: to, length: size });
    }
  }
  return messages;
}

function* splitBlock(block: Buffer, isNew: boolean, created: boolean): Generator<Message> {
  const fixed = isNew ? (created ? 6 : 4) : 8;
  for (let at = 0; at + fixed <= block.length;) {
    const type = isNew ? (block[at] ?? 0) : block.readUInt16LE(at);
    const length = block.readUInt16LE(at + (isNew ? 1 : 2));
    yield { type, body: block.subarray(at + fixed, at + fixed + length) };
    at += fixed + length;
  }
}

/** Elements and bytes where the object is a dataset of floats or signed bytes. */
export function countDataset(
  messages: readonly Message[],
  file: Hdf5File,
): { bytes: number; elements: number } {
  const none = { bytes: 0, elements: 0 };
  const space = messages.find(({ type }) => type === DATASPACE)?.body;
  const datatype = messages.find(({ type }) => type === DATATYPE)?.body;
  if (space === undefined || datatype === undefined || datatype.length < 8) return none;
  const width = floatBytes(datatype);
  const rank = space[1] ?? 0;
  if (width === 0 || space.length < 4 || rank > 32) return none;
  const dimensions = space[0] === 1 ? 8 : 4;
  let elements = 1;
  for (let i = 0; i < rank; i++) {
    elements *= readSized(space, dimensions + i * file.lengths, file.lengths) ?? 0;
  }
  return { bytes: elements * width, elements };
}

/** Bytes of an element: floats of any width; bytes that are signed; structures with a float inside. */
function floatBytes(datatype: Buffer): number {
  const kind = (datatype[0] ?? 0) & 0x0f;
  const size = datatype.readUInt32LE(4);
  if (size === 0 || size > 4096) return 0;
  const signed = ((datatype[1] ?? 0) & 8) !== 0;
  if (kind === 1) return size;
  return kind === 0 && size === 1 && signed ? 1 : 0;
}

/** The objects a group leads to. `whole`: it keeps them in one of the ways that are walked here. */
export function* readLinks(
  window: Window,
  file: Hdf5File,
  messages: readonly Message[],
): Reading<{ addresses: number[]; whole: boolean }> {
  const addresses: number[] = [];
  let whole = true;
  for (const { type, body } of messages) {
    if (type === SYMBOL_TABLE) {
      const tree = readSized(body, 0, file.offsets);
      if (tree !== undefined) yield* readTree(window, file, tree, addresses);
    } else if (type === LINK) {
      const address = readHardLink(body, file);
      if (address !== undefined) addresses.push(address);
    } else if (type === LINK_INFO) {
      const flags = body[1] ?? 0;
      // A fractal heap: its links are not walked.
      const heap = readSized(body, 2 + ((flags & 1) === 0 ? 0 : 8), file.offsets);
      if (heap !== undefined) whole = false;
    }
  }
  return { addresses, whole };
}

function readHardLink(body: Buffer, file: Hdf5File): number | undefined {
  const flags = body[1] ?? 0;
  let at = 2;
  const kind = (flags & 8) === 0 ? 0 : (body[at++] ?? 0);
  if (kind !== 0) return undefined;
  if ((flags & 4) !== 0) at += 8;
  if ((flags & 16) !== 0) at += 1;
  const width = 1 << (flags & 3);
  if (at + width > body.length || width === 8) return undefined;
  return readSized(body, at + width + body.readUIntLE(at, width), file.offsets);
}

/** A B-tree of group nodes, each a table of symbols. */
function* readTree(
  window: Window,
  file: Hdf5File,
  root: number,
  addresses: number[],
): Reading<void> {
  const queue = [root];
  const seen = new Set(queue);
  const { offsets, lengths } = file;
  for (let at = queue.pop(); at !== undefined && seen.size < MOST_NODES; at = queue.pop()) {
    const head = yield* take(window, at, 8);
    const signature = head.toString('latin1', 0, 4);
    if (head.length < 8) continue;
    const count = head.readUInt16LE(6);
    if (signature === 'SNOD') {
      const entry = 2 * offsets + 24;
      const table = yield* take(window, at + 8, count * entry);
      for (let i = 0; i < count; i++) {
        const address = readSized(table, i * entry + offsets, offsets);
        if (address !== undefined) addresses.push(address);
      }
    } else if (signature === 'TREE' && head[4] === 0) {
      const pair = offsets + lengths;
      const table = yield* take(window, at + 8 + 2 * offsets, count * pair + lengths);
      for (let i = 0; i < count; i++) {
        const child = readSized(table, i * pair + lengths, offsets);
        if (child === undefined || seen.has(child)) continue;
        seen.add(child);
        queue.push(child);
      }
    }
  }
}
