/**
 * Makes the data that Cordon ships about public code: `public-words.bin` and `public-grams.bin`. Run by
 * hand, after a change of the lexer or of the sources (`data-file.test.ts` says when it must be):
 *
 *     bash test/copies/fetch-corpus.sh FOLDER     # once, about 1 GB
 *     node test/copies/make-background.ts FOLDER
 *
 * The same packages give the same bytes. Which they were, and under what licences, goes to SOURCES.md.
 * No text of theirs is shipped: hashes of words, and a filter of hashes of sequences.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blocksFor, createBloom, foldBloom } from '../../core/detect/copies/background/bloom.ts';
import { eachGram } from '../../core/detect/copies/background/each-gram.ts';
import { encodeGrams } from '../../core/detect/copies/background/gram-file.ts';
import { encodeWords } from '../../core/detect/copies/background/word-table.ts';
import { lex } from '../../core/detect/copies/lex.ts';
import { kind, type View } from '../../core/detect/copies/types.ts';
import { filesOf, listFiles, readPackages, type CorpusPackage } from './read-packages.ts';
import { createWordCounter } from './word-counter.ts';

const root = process.argv[2];
if (root === undefined) throw new Error('usage: make-background.ts FOLDER');
const out = join(import.meta.dirname, '../../core/detect/copies/background');
/** A gram is an idiom where so many packages have it. */
const packagesForIdiom = Number(process.argv[3] ?? 2);
const wordsKept = 180_000;

const packages = readPackages(root);
const words = createWordCounter();
const shipped = createBloom(blocksFor(40_000_000));
const seenBy = Array.from({ length: packagesForIdiom - 1 }, () =>
  createBloom(blocksFor(120_000_000)),
);
const tally = new Map<string, Tally>();
interface Tally {
  bytes: number;
  text: number;
  rename: number;
}
let fresh = 0;

// Texts that count though they stand in one place only: every licence, and boilerplate written for this.
const spdx = packages.find(({ name }) => name.startsWith('npm/spdx-license-list'));
if (spdx === undefined) throw new Error('spdx-license-list is not in the corpus');
for (const text of licenceTexts(spdx)) takeWhole('licence texts', text);
for (const file of listFiles(join(import.meta.dirname, 'boilerplate')))
  takeWhole('hand-written boilerplate', readFileSync(file));

for (const one of packages) {
  const group = one.name.split('/')[0] ?? '';
  const mine = { text: noGrams(), rename: noGrams() };
  for (const { path, bytes } of filesOf(one)) {
    countWords(bytes);
    const counts = tallyOf(
      /(?:^|\/)(?:licen[cs]e|copying|notice)/i.test(path) ? 'licence files' : group,
    );
    counts.bytes += bytes.length;
    eachGram(bytes, (view, high, low) => {
      let at = 0;
      while (at < seenBy.length && seenBy[at]?.has(view, high, low) === true) at += 1;
      if (at === seenBy.length) {
        if (shipped.add(view, high, low)) {
          fresh += 1;
          counts[view] += 1;
        }
      } else {
        mine[view].high.push(high);
        mine[view].low.push(low);
      }
    });
  }
  // Only now: a gram that a package repeats to itself is no idiom.
  for (const view of ['text', 'rename'] as const) {
    const order = distinct(mine[view]);
    for (const i of order) raise(view, mine[view].high[i] ?? 0, mine[view].low[i] ?? 0);
  }
  words.endPackage();
}

const grams = foldBloom(shipped, fresh);
const about = {
  grams: fresh,
  packages: packages.length,
  packagesForIdiom,
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
    if (!shipped.add(view, high, low)) return;
    fresh += 1;
    counts[view] += 1;
  });
}

interface GramList {
  readonly high: number[];
  readonly low: number[];
}

function noGrams(): GramList {
  return { high: [], low: [] };
}

/** Where each different gram first stands. */
function distinct({ high, low }: GramList): number[] {
  const seen = new Set<number>();
  const first: number[] = [];
  high.forEach((h, i) => {
    const key = h * 0x20_0000 + ((low[i] ?? 0) & 0x1f_ffff);
    if (seen.has(key)) return;
    seen.add(key);
    first.push(i);
  });
  return first;
}

function raise(view: View, high: number, low: number): void {
  for (const seen of seenBy) {
    if (seen.has(view, high, low)) continue;
    seen.add(view, high, low);
    return;
  }
}

function tallyOf(name: string): Tally {
  const counts = tally.get(name) ?? { bytes: 0, text: 0, rename: 0 };
  tally.set(name, counts);
  return counts;
}

function countWords(bytes: Buffer): void {
  const { code, prose } = lex(bytes);
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
