import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  rootOver,
  verifyConsistency,
  verifyInclusion,
} from './merkle.ts';

// The tree that the implementations of RFC 6962 share as a test.
const inputs = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const roots = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];
const leaves = inputs.map((hex) => leafHash(Buffer.from(hex, 'hex')));
const hex = (proof: readonly Buffer[]) => proof.map((one) => one.toString('hex'));

test.each(roots.map((root, size) => ({ size, root })))(
  'the root over $size known leaves',
  ({ size, root }) => {
    expect(rootOver(leaves.slice(0, size)).toString('hex')).toBe(root);
  },
);

test('known proofs', () => {
  expect(hex(inclusionProof(0, leaves))).toEqual([
    '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
  ]);
  expect(hex(consistencyProof(6, leaves))).toEqual([
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
});

const many = Array.from({ length: 33 }, (_, n) => leafHash(Buffer.from([n])));
const root = (size: number) => rootOver(many.slice(0, size));
const leaf = (at: number) => many[at] ?? Buffer.alloc(0);

test('every leaf of every tree is proven, and nothing else is', () => {
  const wrong: string[] = [];
  for (let size = 2; size <= many.length; size += 1) {
    for (let at = 0; at < size; at += 1) {
      const proof = inclusionProof(at, many.slice(0, size));
      const is = (place: number, one: Buffer, path: readonly Buffer[]) =>
        verifyInclusion(place, size, one, path, root(size));
      if (!is(at, leaf(at), proof)) wrong.push(`${at} of ${size}`);
      if (is(at, leaf((at + 1) % size), proof)) wrong.push(`${at} of ${size}: another leaf`);
      if (is((at + 1) % size, leaf(at), proof)) wrong.push(`${at} of ${size}: another place`);
      if (is(at, leaf(at), proof.slice(1))) wrong.push(`${at} of ${size}: a step too few`);
      if (is(at, leaf(at), [...proof, leaf(0)])) wrong.push(`${at} of ${size}: a step too many`);
    }
  }
  expect(wrong).toEqual([]);
});

test('every beginning of every tree is proven, and no other', () => {
  const wrong: string[] = [];
  for (let size = 1; size <= many.length; size += 1) {
    for (let old = 1; old <= size; old += 1) {
      const proof = consistencyProof(old, many.slice(0, size));
      const is = (was: Buffer, now: Buffer, path: readonly Buffer[]) =>
        verifyConsistency(old, size, was, now, path);
      if (!is(root(old), root(size), proof)) wrong.push(`${old} of ${size}`);
      if (is(leaf(32), root(size), proof)) wrong.push(`${old} of ${size}: another beginning`);
      if (is(root(old), leaf(32), proof)) wrong.push(`${old} of ${size}: another tree`);
      if (is(root(old), root(size), [...proof, leaf(3)])) wrong.push(`${old} of ${size}: too long`);
    }
  }
  expect(wrong).toEqual([]);
});

test('proofs of any shape never throw and never hold by chance', () => {
  const bytes = fc.uint8Array({ minLength: 0, maxLength: 40 }).map((one) => Buffer.from(one));
  fc.assert(
    fc.property(
      fc.nat(100),
      fc.nat(100),
      bytes,
      fc.array(bytes),
      bytes,
      (at, size, one, proof, r) => {
        fc.pre(size !== 1 || proof.length > 0);
        expect(verifyInclusion(at, size, one, proof, r)).toBe(false);
      },
    ),
  );
});
