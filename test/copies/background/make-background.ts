/**
 * Makes the data that Cordon ships about public code: `public-words.bin` and `public-grams.bin`. Run by
 * hand, after a change of the lexer or of the sources (`data-file.test.ts` says when it must be):
 *
 *     bash test/copies/background/fetch-corpus.sh FOLDER     # once, about 1 GB
 *     node test/copies/background/make-background.ts FOLDER [MEGABYTES]
 *
 * MEGABYTES: how much of a package is read at most. More takes longer and finds more idioms.
 *
 * The same packages give the same bytes. Which they were, and under what licences, goes to SOURCES.md.
 * No text of theirs is shipped: hashes of words, and a filter of hashes of sequences.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksFor, createBloom, foldBloom } from '../../../core/detect/copies/background/bloom.ts';
import { eachGram, eachGramOf } from '../../../core/detect/copies/background/each-gram.ts';
import { encodeGrams } from '../../../core/detect/copies/background/gram-file.ts';
import { encodeWords } from '../../../core/detect/copies/background/word-table.ts';
import { lex } from '../../../core/detect/copies/lexer/lex.ts';
import { kind, type Lexed } from '../../../core/detect/copies/types.ts';
import { filesOf, listFiles, readPackages, type CorpusPackage } from './read-packages.ts';
import { createWordCounter } from './word-counter.ts';

const root = process.argv[2];
if (root === undefined) throw new Error('usage: make-background.ts FOLDER');
const out = join(import.meta.dirname, '../../../core/detect/copies/background');
const mostOfPackage = Number(process.argv[3] ?? 6) * 1024 * 1024;
const wordsKept = 180_000;
/** Beyond so many grams of two packages, only those of three are shipped. */
const mostGrams = 4_500_000;

const packages = readPackages(root);
const words = createWordCounter();
/** Grams of one package before this one, of two, of three. */
const seen = createBloom(blocksFor(100_000_000));
const inTwo = createBloom(blocksFor(15_000_000));
const inThree = createBloom(blocksFor(5_000_000));
const tally = new Map<string, Tally>();
interface Tally {
  bytes: number;
  text: number;
  rename: number;
}
const fresh = { two: 0, three: 0 };

// Texts that count though they stand in one place only: every licence, and boilerplate written for this.
const spdx = packages.find(({ name }) => name.startsWith('npm/spdx-license-list'));
if (spdx === undefined) throw new Error('spdx-license-list is not in the corpus');
for (const text of licenceTexts(spdx)) takeWhole('licence texts', text);
for (const file of listFiles(join(import.meta.dirname, 'boilerplate')))
  takeWhole('hand-written boilerplate', readFileSync(file));

for (const one of packages) {
  process.stderr.write(`${one.name}\n`);
  const group = one.name.split('/')[0] ?? '';
  const first = { text: noGrams(), rename: noGrams() };
  const second = { text: noGrams(), rename: noGrams() };
  const counts = tallyOf(group);
  for (const bytes of filesOf(one, mostOfPackage)) {
    const lexed = lex(bytes);
    countWords(lexed);
    counts.bytes += bytes.length;
    eachGramOf(lexed, (view, high, low) => {
      if (!seen.has(view, high, low)) push(first[view], high, low);
      else if (!inTwo.has(view, high, low)) push(second[view], high, low);
      else if (inThree.add(view, high, low)) fresh.three += 1;
    });
  }
  // Only now: a gram that a package repeats to itself is no idiom.
  for (const view of ['text', 'rename'] as const) {
    each(first[view], (high, low) => seen.add(view, high, low));
    each(second[view], (high, low) => {
      if (!inTwo.add(view, high, low)) return;
      fresh.two += 1;
      counts[view] += 1;
    });
  }
  words.endPackage();
}

const packagesForIdiom = fresh.two > mostGrams ? 3 : 2;
const shipped = packagesForIdiom === 2 ? inTwo : inThree;
const count = packagesForIdiom === 2 ? fresh.two : fresh.three;
const grams = foldBloom(shipped, count);
const about = {
  grams: count,
  inTwo: fresh.two,
  inThree: fresh.three,
  packages: packages.length,
  packagesForIdiom,
  mostOfPackage,
  brought: Object.fromEntries(tally),
};
writeFileSync(join(out, 'public-grams.bin'), encodeGrams(grams, about));
const { list, total } = words.most(wordsKept);
writeFileSync(
  join(out, 'public-words.bin'),
  encodeWords(list, total, { words: list.length, total }),
);
process.stdout.write(
  `${JSON.stringify({ ...about, bytes: grams.words.byteLength, words: list.length, total, least: list.at(-1)?.count }, null, 1)}\n`,
);

function takeWhole(name: string, bytes: Buffer): void {
  const counts = tallyOf(name);
  counts.bytes += bytes.length;
  eachGram(bytes, (view, high, low) => {
    seen.add(view, high, low);
    if (inThree.add(view, high, low)) fresh.three += 1;
    if (!inTwo.add(view, high, low)) return;
    fresh.two += 1;
    counts[view] += 1;
  });
}

function each({ high, low, count: size }: GramList, on: (high: number, low: number) => void): void {
  for (let i = 0; i < size; i++) on(high[i] ?? 0, low[i] ?? 0);
}

/** Grams of one package, in arrays that grow. */
interface GramList {
  high: Uint32Array;
  low: Uint32Array;
  count: number;
}

function noGrams(): GramList {
  return { high: new Uint32Array(1 << 16), low: new Uint32Array(1 << 16), count: 0 };
}

function push(list: GramList, high: number, low: number): void {
  if (list.count === list.high.length) {
    for (const half of ['high', 'low'] as const) {
      const wider = new Uint32Array(2 * list.count);
      wider.set(list[half]);
      list[half] = wider;
    }
  }
  list.high[list.count] = high;
  list.low[list.count] = low;
  list.count += 1;
}

function tallyOf(name: string): Tally {
  const counts = tally.get(name) ?? { bytes: 0, text: 0, rename: 0 };
  tally.set(name, counts);
  return counts;
}

function countWords({ code, prose }: Lexed): void {
  for (const { count, halves, kinds } of [code, prose]) {
    for (let i = 0; i < count; i++) {
      const k = kinds[i];
      if (k === kind.operator || k === kind.bracket || k === kind.ideograph) continue;
      words.add(halves[2 * i] ?? 0, halves[2 * i + 1] ?? 0);
    }
  }
}

function* licenceTexts({ folder }: CorpusPackage): Generator<Buffer> {
  for (const file of listFiles(folder)) {
    if (!/\/licenses\/[^/]+\.json$/.test(file)) continue;
    const { licenseText } = JSON.parse(readFileSync(file, 'utf8')) as { licenseText?: string };
    if (licenseText === undefined) continue;
    // As it stands in a file of its own, in a block comment, and behind the two signs of line comments.
    yield Buffer.from(licenseText);
    yield Buffer.from(`/*\n${licenseText.replaceAll('*/', '')}\n*/`);
  }
}
