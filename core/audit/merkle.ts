import { hash } from 'node:crypto';

/** The hashes of RFC 6962, section 2.1, over SHA-256. */
export const leafHash = (leaf: Buffer): Buffer => sha256(LEAF, leaf);
export const nodeHash = (left: Buffer, right: Buffer): Buffer => sha256(NODE, left, right);

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

function sha256(...parts: Buffer[]): Buffer {
  return hash('sha256', Buffer.concat(parts), 'buffer');
}

/** A tree that grows: the roots of its complete subtrees, the largest first. */
export interface Frontier {
  size: number;
  readonly roots: Buffer[];
}

export const emptyFrontier = (): Frontier => ({ size: 0, roots: [] });

/** The tree with one leaf's hash more; `frontier` itself stays as it is. */
export function withLeaf({ size, roots }: Frontier, leaf: Buffer): Frontier {
  const grown = [...roots];
  let last = leaf;
  for (let left = size; left % 2 === 1; left = half(left)) {
    const before = grown.pop();
    if (before !== undefined) last = nodeHash(before, last);
  }
  return { size: size + 1, roots: [...grown, last] };
}

/** The root over all leaves added so far; of none, the hash of nothing. */
export function rootOf({ roots }: Frontier): Buffer {
  return roots.length === 0 ? sha256() : roots.reduceRight((right, left) => nodeHash(left, right));
}

/** The root over `leaves` (their hashes). */
export const rootOver = (leaves: readonly Buffer[]): Buffer =>
  rootOf(leaves.reduce(withLeaf, emptyFrontier()));

/** The largest power of two smaller than `size`, which is over 1. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** PATH(m, D[n]): proves that leaf `index` stands in the tree over `leaves`. */
export function inclusionProof(index: number, leaves: readonly Buffer[]): Buffer[] {
  if (index < 0 || index >= leaves.length) throw new RangeError('no such leaf');
  if (leaves.length === 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...inclusionProof(index, left), rootOver(right)]
    : [...inclusionProof(index - split, right), rootOver(left)];
}

/** PROOF(m, D[n]): proves that the tree over the first `size` leaves is a beginning of the whole one. */
export function consistencyProof(size: number, leaves: readonly Buffer[]): Buffer[] {
  if (size < 0 || size > leaves.length) throw new RangeError('no such tree');
  return size === 0 ? [] : subproof(size, leaves, true);
}

function subproof(size: number, leaves: readonly Buffer[], whole: boolean): Buffer[] {
  if (size === leaves.length) return whole ? [] : [rootOver(leaves)];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return size <= split
    ? [...subproof(size, left, whole), rootOver(right)]
    : [...subproof(size - split, right, false), rootOver(left)];
}

/** RFC 9162, section 2.1.3.2. False for a proof of another leaf, place, size or root. */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Buffer,
  proof: readonly Buffer[],
  root: Buffer,
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size) return false;
  let at = index;
  let last = size - 1;
  let seen = leaf;
  for (const step of proof) {
    if (last === 0 || step.length !== 32) return false;
    if (at % 2 === 1 || at === last) {
      seen = nodeHash(step, seen);
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      seen = nodeHash(seen, step);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && seen.equals(root);
}

/** RFC 9162, section 2.1.4.2. */
export function verifyConsistency(
  oldSize: number,
  size: number,
  oldRoot: Buffer,
  root: Buffer,
  proof: readonly Buffer[],
): boolean {
  if (!isCount(oldSize) || !isCount(size) || oldSize > size) return false;
  if (oldSize === size) return proof.length === 0 && oldRoot.equals(root);
  // Of the empty tree there is nothing to prove; a proof all the same is none of ours.
  if (oldSize === 0) return proof.length === 0;
  const path = isPowerOfTwo(oldSize) ? [oldRoot, ...proof] : [...proof];
  let at = oldSize - 1;
  let last = size - 1;
  while (at % 2 === 1) [at, last] = [half(at), half(last)];
  const [first, ...steps] = path;
  if (first === undefined || first.length !== 32) return false;
  let [was, is] = [first, first];
  for (const step of steps) {
    if (last === 0 || step.length !== 32) return false;
    if (at % 2 === 1 || at === last) {
      [was, is] = [nodeHash(step, was), nodeHash(step, is)];
      while (at % 2 === 0 && at !== 0) [at, last] = [half(at), half(last)];
    } else {
      is = nodeHash(is, step);
    }
    [at, last] = [half(at), half(last)];
  }
  return last === 0 && was.equals(oldRoot) && is.equals(root);
}

const half = (value: number): number => Math.floor(value / 2);
const isCount = (value: number): boolean => Number.isSafeInteger(value) && value >= 0;
const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));
