import { describe, expect, test } from 'vitest';
import { findCopies, scoreCopies } from './find-copies.ts';
import { defaultThresholds, withThresholds } from '../indexing/index-builder.ts';
import { evenWords, indexOf, ownSources, python, sourceFile } from '../testing.ts';

const options = { words: evenWords };
const other = ownSources('core/git')[0]!.text;
const index = indexOf(sourceFile('router.py', python), sourceFile('other.ts', other));
const rows = python.split('\n');
const find = (text: string) => findCopies([index], Buffer.from(text), options);
const filler = (count: number) =>
  Array.from({ length: count }, (_, i) => `word${i} of line${i * 7}`);

const paste = (first: number, last: number) =>
  [...filler(20), ...rows.slice(first - 1, last), ...filler(30).reverse()].join('\n');

test('a paste is found with its lines on both sides', () => {
  const found = find(paste(10, 17));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({
    source: { id: 'router.py', path: 'src/router.py', label: 'restricted' },
    rule: 'copy',
    grade: 'sure',
  });
  const [match] = found;
  // The words at its edges may have no kept gram.
  expect(Math.abs(match!.lines.first - 21)).toBeLessThanOrEqual(1);
  expect(Math.abs(match!.lines.last - 28)).toBeLessThanOrEqual(1);
  expect(match!.sourceLines.first - match!.lines.first).toBe(10 - 21);
  expect(match!.sourceLines.last - match!.lines.last).toBe(10 - 21);
});

test('nothing is found where nothing was copied', () => {
  for (const { text } of ownSources('core/policy')) expect(find(text)).toEqual([]);
});

test('a copy with other names is found as renamed', () => {
  const names = new Map<string, string>();
  const renamed = rows
    .slice(8)
    .join('\n')
    .replace(/#.*|\b(?!(?:if|is|not|and|None|for|in|return|def|class)\b)[a-z_]{2,}\b/g, (name) => {
      if (['router', 'failed', 'tokens'].includes(name)) return name;
      names.set(name, names.get(name) ?? `name_${names.size}`);
      return names.get(name)!;
    });
  const [match, ...rest] = find([...filler(9), renamed].join('\n'));
  expect(rest).toEqual([]);
  expect(match).toMatchObject({ source: { id: 'router.py' }, rule: 'renamed', grade: 'sure' });
  expect(match!.tokens).toBeGreaterThanOrEqual(defaultThresholds.block.tokens);
});

test('a paste into a docstring or a comment is found', () => {
  expect(find(`"""\n${paste(9, 18)}\n"""`)).toMatchObject([{ rule: 'copy' }]);
  expect(find(`/*\n${paste(9, 18)}\n*/`)).toMatchObject([{ rule: 'copy' }]);
  expect(find(paste(9, 18).replaceAll('\n', '\n# '))).toMatchObject([{ rule: 'copy' }]);
});

test('two sources, each at its place', () => {
  const two = [paste(8, 18), ...other.split('\n').slice(0, 40)].join('\n');
  const ids = find(two).map(({ source }) => source.id);
  expect(ids.toSorted()).toEqual(['other.ts', 'router.py']);
});

test('of sources that are alike the best is told, one for each label', () => {
  const alike = indexOf(
    sourceFile('a.py', rows.slice(0, 14).join('\n')),
    sourceFile('b.py', python),
    sourceFile('c.py', python, 'confidential'),
  );
  const found = findCopies([alike], Buffer.from(paste(4, 20)), options);
  expect(found.map(({ source }) => source.id).toSorted()).toEqual(['b.py', 'c.py']);
});

test('the covered words name a match, whatever stands around it', () => {
  const [one] = find(paste(10, 17));
  const [again] = find([...filler(3), 'x', ...rows.slice(9, 17), ...filler(4)].join('\n'));
  const [elsewhere] = find(paste(9, 16));
  expect(again!.covered.equals(one!.covered)).toBe(true);
  expect(elsewhere!.covered.equals(one!.covered)).toBe(false);
  expect(one!.covered).toHaveLength(32);
});

test('each index counts by its own thresholds', () => {
  const text = Buffer.from(paste(10, 13));
  const { bits } = scoreCopies(index, text, options);
  const at = (block: number, warn: number) =>
    withThresholds(index, {
      block: { bits: block, tokens: 1e6 },
      warn: { bits: warn, tokens: 1e6 },
    });
  expect(findCopies([at(bits + 1, bits + 1)], text, options)).toEqual([]);
  expect(findCopies([at(bits + 1, bits)], text, options)).toMatchObject([
    { grade: 'likely', bits },
  ]);
  expect(findCopies([at(bits + 1, bits + 1), at(bits, 1)], text, options)).toMatchObject([
    { grade: 'sure', bits },
  ]);
});

test('a text of many megabytes is looked through to its end, its lines told of the whole', () => {
  const before = filler(230_000);
  const text = Buffer.from([...before, ...rows.slice(8, 20)].join('\n'));
  expect(text.length).toBeGreaterThan(4_500_000);
  const [match, ...rest] = findCopies([index], text, options);
  expect(rest).toEqual([]);
  expect(Math.abs(match!.lines.first - 230_001)).toBeLessThanOrEqual(1);
});

test('past the deadline it stops, and says so', () => {
  const deadline = performance.now() - 1;
  expect(() => findCopies([index], Buffer.from(python), { ...options, deadline })).toThrow(
    expect.objectContaining({ code: 'time-up' }),
  );
});

describe('hostile texts are looked through', () => {
  const long = 512 * 1024;
  test.each<[string, string | Buffer]>([
    ['one line of one token', 'a '.repeat(2 * 1024 * 1024)],
    ['one line without a space', 'a'.repeat(long)],
    ['nothing but different names', Array.from({ length: 70_000 }, (_, i) => `n${i}`).join(' ')],
    ['only double quotes', '"'.repeat(long)],
    ['only single quotes', "'".repeat(long)],
    ['escaped quotes', `\\"\\'`.repeat(long / 4)],
    ['quotes that never close', `x"y'`.repeat(long / 4)],
    ['comments that never close', '/* '.repeat(long / 3)],
    ['imports that never close', 'import {\n'.repeat(long / 9)],
    ['imports on one line', 'from a import ( '.repeat(long / 16)],
    ['brackets', '([{'.repeat(long / 3)],
    ['commas before brackets', ',)'.repeat(long / 2)],
    ['bytes that are no text', Buffer.alloc(long, 0xff)],
    ['NULs', Buffer.alloc(long)],
  ])('%s', (_, text) => {
    expect(find(text.toString('latin1')).length).toBeLessThanOrEqual(1);
  });

  test('a registered text of one gram, asked about a million times over', () => {
    const same = indexOf(sourceFile('same', 'tick tock '.repeat(20_000)));
    const found = findCopies([same], Buffer.from('tick tock '.repeat(100_000)), options);
    // Two different grams: nine words, however often.
    expect(found).toEqual([]);
  });
});
