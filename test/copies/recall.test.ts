import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CopyIndex, WordTable } from '../../core/detect/copies/types.ts';
import { caseSet } from './case-set.ts';
import { PYTHON, TYPESCRIPT } from './language.ts';
import { makeCases, type CaseSet, type Size } from './make-case.ts';
import { measureFalseAlarms } from './measure-false-alarms.ts';
import { measureCell } from './measure-recall.ts';
import { indexOf } from './prepare.ts';
import { backgroundOf } from './keep-tables.ts';
import { wordsOf } from './count-words.ts';
import type { CorpusFile } from './read-corpus.ts';
import { createRecognise } from './recognise.ts';
import { transforms, transformsFor } from './transforms/index.ts';

/**
 * The small measure: knip and our own Python are classified, packages of node_modules are what
 * they are pasted into, subtracted from and confused with. The floors lie below what the full measure
 * (`npm run measure`) reaches, by what so few cases may vary.
 */
const MODULES = fileURLToPath(new URL('../../node_modules/', import.meta.url));
const FIXTURES = fileURLToPath(new URL('fixtures/', import.meta.url));

const filesIn = (root: string, pattern: RegExp, most = Infinity): CorpusFile[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => pattern.test(path))
    .toSorted()
    .slice(0, most)
    .map((path) => ({ path, bytes: readFileSync(root + path) }));

const knip = filesIn(`${MODULES}knip/dist/`, /\.js$/u);
const python = filesIn(FIXTURES, /\.py$/u);
const seen = ['vitest/dist', '@babel/types/lib', 'rolldown/dist'].flatMap((name) =>
  filesIn(`${MODULES}${name}/`, /\.(?:js|mjs|ts)$/u, 80),
);
const carriers = filesIn(`${MODULES}zod/src/`, /^v4\/(?:core|classic)\/[\w-]+\.ts$/u);
const unseen = [
  'yaml/dist',
  'postcss/lib',
  'simple-git/dist',
  'minimatch/dist',
  'vite/dist',
].flatMap((name) => filesIn(`${MODULES}${name}/`, /\.(?:c?js|mjs|ts)$/u, 150));

/** Enough that a floor says something, few enough for two busy cores. */
const CASES = 12;
const SMALL: readonly Size[] = [10, 40];

let words: WordTable;
let index: CopyIndex;
let bare: CopyIndex;
const sets: Record<'python' | 'typescript', CaseSet> = {
  python: caseSet({ language: PYTHON }, python, carriers, undefined),
  typescript: caseSet({ language: TYPESCRIPT }, knip, carriers, undefined),
};

beforeAll(() => {
  const texts = seen.map(({ bytes }) => bytes);
  words = wordsOf(texts);
  // As every code base does, this one holds some of what is public.
  const taken = seen.slice(0, 10).map(({ path, bytes }) => ({ path: `taken/${path}`, bytes }));
  const classified = [...knip, ...python, ...taken];
  index = indexOf(classified, { words, background: backgroundOf(texts) });
  bare = indexOf(classified, { words, background: { has: () => false } });
}, 120_000);

/** Percent of the cases that must be recognised, at ten and at forty lines. */
const FLOORS: Readonly<Record<string, readonly [number, number]>> = {
  layout: [83, 100],
  container: [83, 100],
  edited: [58, 91],
  'renamed locals': [66, 100],
  'renamed all': [33, 91],
};

/** What the page on detection says is weak. */
const WEAK: Readonly<Record<string, readonly [number, number]>> = {
  'printed from its tree': [66, 91],
  '50 % of lines edited': [33, 91],
};

describe.each(['python', 'typescript'] as const)('copies of %s', (language) => {
  it.each(
    transformsFor(language).filter(({ first }) => first === undefined || language !== 'python'),
  )('are recognised: $name', async (transform) => {
    const recognise = createRecognise(index, words);
    const floor = WEAK[transform.name] ?? FLOORS[transform.group] ?? [];
    for (const [i, size] of SMALL.entries()) {
      const cell = await measureCell(sets[language], recognise, transform, size, CASES);
      expect(cell.cases).toBeGreaterThan(0);
      const percent = (100 * cell.sure) / cell.cases;
      expect(percent).toBeGreaterThanOrEqual(floor[i] ?? 100);
    }
  });
});

describe('code of others', () => {
  it('raises no alarm', async () => {
    const { files, alarms } = await measureFalseAlarms(
      [...unseen, ...carriers],
      createRecognise(index, words),
      () => undefined,
    );
    expect(files).toBeGreaterThan(300);
    expect(alarms.filter(({ grade }) => grade === 'sure')).toStrictEqual([]);
  });

  it('would raise alarms if nothing public were taken away', async () => {
    const recognise = createRecognise(bare, words);
    const { alarms } = await measureFalseAlarms(seen, recognise, () => undefined);
    expect(alarms.length).toBeGreaterThan(0);
    const kept = await measureFalseAlarms(seen, createRecognise(index, words), () => undefined);
    expect(kept.alarms).toStrictEqual([]);
  });
});

describe('the generator', () => {
  it('makes the same cases every time', async () => {
    const [transform] = transforms;
    if (transform === undefined) throw new Error('no transform');
    const take = async (): Promise<Buffer[]> => {
      const all: Buffer[] = [];
      for await (const one of makeCases(sets.typescript, transform, 10, 5)) all.push(one.bytes);
      return all;
    };
    const first = await take();
    expect(first).toHaveLength(5);
    expect(await take()).toStrictEqual(first);
  });

  it('disguises in more than 25 ways, each of which changes the text', async () => {
    expect(transforms.length).toBeGreaterThan(25);
    const written = [
      sets.python,
      sets.typescript,
      caseSet({ language: TYPESCRIPT }, carriers, carriers, undefined),
    ];
    for (const transform of transformsFor('typescript')) {
      if (transform.name === 'verbatim' || transform.change === undefined) continue;
      let changed = 0;
      for (const set of written) {
        for await (const one of makeCases(set, transform, 40, 5)) {
          if (one.disguised.join('\n') !== one.snippet.join('\n')) changed++;
        }
      }
      expect(changed, transform.name).toBeGreaterThan(0);
    }
  });
});
