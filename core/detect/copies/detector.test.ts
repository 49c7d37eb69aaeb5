import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createBudget, openBufferLayers, type Layer } from '../../content/index.ts';
import type { CopyFact, Fact } from '../../model.ts';
import { copiesDetector } from './index.ts';
import { createIndexBuilder } from './indexing/index-builder.ts';
import type { ExactSource, ExactTier } from './store/exact-tier.ts';

const words = { bits: () => 16 };
const code = (name: string, lines = 30) =>
  Array.from(
    { length: lines },
    (_, at) => `${name}_${at} = merge_${name}(${name}_left[${at * 3}], tide_${at}) - ebb_${name}\n`,
  ).join('');

const source = (id: string, label = 'restricted'): ExactSource => ({
  id,
  path: `src/${id}.py`,
  label,
  repository: 'r',
});

function exactOf(bytes: Buffer, ...sources: ExactSource[]): ExactTier {
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return {
    hasSize: (size) => size === bytes.length,
    bySha256: (asked) => (asked === sha256 ? sources : []),
    byBlob: () => [],
  };
}

const none = exactOf(Buffer.alloc(0));

function indexOf(files: Readonly<Record<string, string>>, label = 'restricted') {
  const builder = createIndexBuilder({ words, background: { has: () => false } });
  for (const [id, text] of Object.entries(files)) {
    builder.add({ id, path: `src/${id}.py`, label, bytes: Buffer.from(text) });
  }
  return builder.build();
}

/** What is told of a source and of all that is inside it. */
function look(
  bytes: Buffer,
  {
    exact = none,
    files = {},
    deadline = Infinity,
  }: {
    readonly exact?: ExactTier;
    readonly files?: Readonly<Record<string, string>>;
    readonly deadline?: number;
  },
): Fact[] {
  const facts: Fact[] = [];
  const detector = copiesDetector({ indexes: [indexOf(files)], exact }, words);
  const context = { emit: (fact: Fact) => facts.push(fact) > 0, fingerprint: () => '', deadline };
  for (const item of openBufferLayers(bytes, { budget: createBudget() })) {
    if (isLayer(item)) void detector.detect(item, context);
  }
  return facts;
}

const isLayer = (item: object): item is Layer => 'way' in item;
const copiesOf = (facts: readonly Fact[]) =>
  facts.filter((fact): fact is CopyFact => fact.kind === 'copy');

test('the same bytes are one fact for each label that they are registered under', () => {
  const bytes = Buffer.from(code('quay'));
  const exact = exactOf(bytes, source('a'), source('b'), source('c', 'confidential'));
  const facts = look(bytes, { exact, files: { a: code('quay') } });
  expect(copiesOf(facts)).toMatchObject([
    { rule: 'whole', label: 'restricted', grade: 'sure', at: { layer: '' } },
    { rule: 'whole', label: 'confidential' },
  ]);
});

test('an LFS pointer is known by what it stands for, though nobody has the bytes', () => {
  const bytes = Buffer.from(code('quay'));
  const oid = createHash('sha256').update(bytes).digest('hex');
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${bytes.length}\n`;
  const facts = look(Buffer.from(pointer), { exact: exactOf(bytes, source('a')) });
  expect(copiesOf(facts)).toMatchObject([{ rule: 'whole', source: { path: 'src/a.py' } }]);
});

test('a piece is placed by its lines here and there', () => {
  const facts = look(
    Buffer.from(`x = 1\n\n${code('quay').split('\n').slice(9, 25).join('\n')}\n`),
    {
      files: { a: code('quay') },
    },
  );
  expect(copiesOf(facts)).toMatchObject([
    {
      rule: 'copy',
      at: { line: 3 },
      endLine: 18,
      source: { path: 'src/a.py', line: 10, endLine: 25 },
    },
  ]);
});

test('what a decoded layer shows again is told once, where it stands', () => {
  const text = JSON.stringify({ cells: [{ source: code('quay').split(/(?<=\n)/) }] }, null, 1);
  const facts = copiesOf(look(Buffer.from(text), { files: { a: code('quay') } }));
  expect(facts).toHaveLength(1);
  expect(facts[0]).toMatchObject({ at: { layer: '' }, source: { line: 1, endLine: 30 } });
});

test('one fingerprint for the same piece wherever it stands, another for another piece', () => {
  const files = { a: code('quay') };
  const of = (text: string) => copiesOf(look(Buffer.from(text), { files }))[0]?.fingerprint;
  const piece = code('quay').split('\n').slice(4, 20).join('\n');
  expect(of(`y = 2\n${piece}\n`)).toBe(of(`\n\n\n${piece}\n`));
  expect(of(piece)).not.toBe(of(code('quay')));
  expect(of(piece)).toMatch(/^c1:[0-9a-f]{32}$/);
});

test('of a hundred copies some tens are told', () => {
  const files = Object.fromEntries(
    Array.from({ length: 100 }, (_, at) => [`f${at}`, code(`n${at}z`, 12)]),
  );
  const facts = copiesOf(look(Buffer.from(Object.values(files).join('')), { files }));
  expect(facts.length).toBeGreaterThan(10);
  expect(facts.length).toBeLessThanOrEqual(32);
});

test('what there was no time for is told', () => {
  const facts = look(Buffer.from(code('quay')), { files: { a: code('quay') }, deadline: 0 });
  expect(facts).toMatchObject([{ kind: 'uninspected', rule: 'time-budget', detail: 'copies' }]);
});

test('a text that shares nothing tells nothing', () => {
  expect(
    look(Buffer.from('alpha = beta + gamma\n'.repeat(50)), { files: { a: code('quay') } }),
  ).toEqual([]);
});

test('a few odd letters do not hide the rows that stand beside them', () => {
  // Three words a line: nothing is left of a run of eight while the prefix stands.
  const letters = (at: number) =>
    Array.from(`${at + 100}`, (digit) => 'quaymoorsk'[Number(digit)]).join('');
  const short = Array.from(
    { length: 40 },
    (_, at) => `${letters(3 * at)}_a ${letters(3 * at + 1)}_b ${letters(3 * at + 2)}_c`,
  );
  const rows = short.map((line, at) => `2026-03-01 host${at} app[${at}] said ${line}`).join('\n');
  const odd = 'prénom = décor\n'.repeat(4);
  const files = { quay: short.join('\n') };
  expect(copiesOf(look(Buffer.from(rows), { files }))).not.toEqual([]);
  for (const text of [`${odd}${rows}`, `${rows}\n${odd}`]) {
    expect(copiesOf(look(Buffer.from(text), { files }))).not.toEqual([]);
  }
});
