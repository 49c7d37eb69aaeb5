import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeIndex, encodeIndex } from './encode-index.ts';
import { findCopies } from '../query/find-copies.ts';
import {
  createIndexBuilder,
  defaultThresholds,
  updateIndex,
  withThresholds,
} from './index-builder.ts';
import { evenWords, indexOf, ownSources, sourceFile, tables } from '../testing.ts';
import type { SourceFile } from '../types.ts';

const sources = ownSources('core/detect/secrets').map(({ name, text }) => sourceFile(name, text));
const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const bytesOf = (files: readonly SourceFile[]) => encodeIndex(indexOf(...files));

test('the order of files does not matter', () => {
  expect(bytesOf(sources.toReversed()).equals(bytesOf(sources))).toBe(true);
});

test('a file of one id replaces the one before', () => {
  const changed = sourceFile(sources[3]!.id, sources[4]!.bytes.toString());
  expect(bytesOf([...sources, changed]).equals(bytesOf(sources.with(3, changed)))).toBe(true);
});

test('updating gives the index that building anew gives, whatever changes', () => {
  const versions = fc.array(
    fc.record({ id: fc.constantFrom(...ids), text: fc.nat({ max: sources.length - 1 }) }),
    { maxLength: 6 },
  );
  const filesOf = (some: readonly { id: string; text: number }[]) => [
    ...new Map(some.map(({ id, text }) => [id, { ...sources[text]!, id }])).values(),
  ];
  const some = fc.array(fc.constantFrom(...ids), { maxLength: 4 });
  fc.assert(
    fc.property(versions, versions, some, (before, now, removed) => {
      const was = filesOf(before);
      const added = filesOf(now);
      const gone = new Set([...removed, ...added.map(({ id }) => id)]);
      const left = was.filter(({ id }) => !gone.has(id));
      const updated = updateIndex(indexOf(...was), { removed, added }, tables);
      expect(encodeIndex(updated).equals(bytesOf([...left, ...added]))).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('reading gives what was written, at any offset in memory', () => {
  const index = withThresholds(indexOf(...sources), {
    block: { bits: 150, tokens: 60 },
    warn: { bits: 130.5, tokens: 50 },
  });
  const written = encodeIndex(index);
  for (const offset of [0, 1, 4]) {
    const read = decodeIndex(Buffer.concat([Buffer.alloc(offset), written]).subarray(offset));
    expect(read.thresholds).toEqual(index.thresholds);
    expect(read.files).toEqual(index.files);
    expect(encodeIndex(read).equals(written)).toBe(true);
    const text = sources[7]!.bytes;
    expect(findCopies([read], text, { words: evenWords })).toEqual(
      findCopies([index], text, { words: evenWords }),
    );
  }
});

test('an index of nothing, and of files with nothing to keep', () => {
  for (const files of [[], [sourceFile('a', ''), sourceFile('b', 'x = 1\n')]]) {
    const index = decodeIndex(bytesOf(files));
    expect(index.files.length).toBe(files.length);
    expect(findCopies([index], sources[0]!.bytes, { words: evenWords })).toEqual([]);
  }
});

test('what the background knows is not kept', () => {
  const builder = createIndexBuilder({ words: evenWords, background: { has: () => true } });
  expect(builder.add(sources[0]!)).toMatchObject({ text: 0, rename: 0 });
  const all = createIndexBuilder(tables).add(sources[0]!);
  expect(all.text).toBeGreaterThan(50);
  expect(all.background).toBe(0);
});

// Dense code of short lines, and no background that would take its share: the most an index comes to.
test('the written index is at most half of its sources', () => {
  const many = ['core/detect', 'core/content', 'core/git', 'core/policy'].flatMap((folder) =>
    ownSources(folder).map(({ name, text }) => sourceFile(`${folder}/${name}`, text)),
  );
  const size = many.reduce((sum, { bytes }) => sum + bytes.length, 0);
  expect(bytesOf(many).length / size).toBeLessThan(0.5);
});

const written = bytesOf(sources.slice(0, 12));
const code = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  }
};

test('an index that is cut anywhere is refused', () => {
  for (let length = 0; length < written.length; length += length < 200 ? 1 : 97) {
    expect(code(() => decodeIndex(written.subarray(0, length)))).toBe('copies.bad-file');
  }
  expect(code(() => decodeIndex(Buffer.concat([written, Buffer.alloc(8)])))).toBe(
    'copies.bad-file',
  );
});

test('changed bytes are refused, or lead nowhere outside of the index', () => {
  const edits = fc.array(
    fc.record({ at: fc.nat({ max: written.length - 1 }), byte: fc.nat({ max: 255 }) }),
    { minLength: 1, maxLength: 6 },
  );
  const text = sources[2]!.bytes;
  fc.assert(
    fc.property(edits, (some) => {
      const bytes = Buffer.from(written);
      for (const { at, byte } of some) bytes[at] = byte;
      const found = code(() => findCopies([decodeIndex(bytes)], text, { words: evenWords }));
      if (found === 'copies.bad-file') return;
      expect(Array.isArray(found)).toBe(true);
      for (const match of found as ReturnType<typeof findCopies>) {
        expect(typeof match.source.path).toBe('string');
        expect(match.lines.last).toBeGreaterThanOrEqual(match.lines.first);
      }
    }),
    { numRuns: 500 },
  );
});

test('a head that claims more than the file holds is refused before memory is taken', () => {
  const start = 12;
  const length = written.readUInt32LE(8);
  const head = JSON.parse(written.toString('utf8', start, start + length)) as Record<
    string,
    unknown
  >;
  const lie = (change: Record<string, unknown>) => {
    const json = Buffer.from(JSON.stringify({ ...head, ...change }));
    const size = Buffer.alloc(4);
    size.writeUInt32LE(json.length);
    const pad = Buffer.alloc((8 - ((start + json.length) % 8)) % 8);
    const rest = written.subarray(Math.ceil((start + length) / 8) * 8);
    return Buffer.concat([written.subarray(0, 8), size, json, pad, rest]);
  };
  expect(code(() => decodeIndex(lie({})).files.length)).toBe(12);
  for (const change of [
    { grams: [2 ** 31 - 1, 2 ** 31 - 1] },
    { grams: [1e300, 1] },
    { grams: [0, 0] },
    { sections: Array<number>(13).fill(2 ** 31 - 1) },
    { sections: Array<number>(13).fill(-8) },
    { sections: [] },
    { files: [] },
    { files: [['a', 'b']] },
    { thresholds: {} },
    { thresholds: { ...defaultThresholds, block: { bits: 0, tokens: 0 } } },
  ]) {
    expect(code(() => decodeIndex(lie(change)))).toBe('copies.bad-file');
  }
});
