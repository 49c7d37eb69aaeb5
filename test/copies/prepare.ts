import { createIndexBuilder, defaultThresholds } from '../../core/detect/copies/index-builder.ts';
import type { CopyIndex, Thresholds } from '../../core/detect/copies/types.ts';
import { caseSet } from './case-set.ts';
import type { Corpora } from './corpora.ts';
import type { CaseSet } from './make-case.ts';
import type { Recogniser } from './measure-recall.ts';
import type { Printer } from './printer.ts';
import { backgroundOf, wordsOf } from './public-tables.ts';
import { readCorpus, type CorpusFile } from './read-corpus.ts';

export interface Prepared extends Recogniser {
  readonly set: CaseSet;
  readonly indexedFiles: number;
  readonly indexedBytes: number;
  /** The same index with nothing public taken away. */
  readonly bare: CopyIndex;
}

export function prepare(
  corpora: Corpora,
  cache: string,
  printer: Printer | undefined,
  say: (text: string) => void,
): Prepared {
  const { language } = corpora;
  const read = (role: 'indexed' | 'carriers' | 'background') => [
    ...readCorpus(corpora[role], language, {
      cache,
      mostFiles: Infinity,
      leastBytes: role === 'background' ? 1 : 1024,
      written: role !== 'background',
    }),
  ];
  say('reading');
  const indexed = read('indexed');
  const background = read('background').map(({ bytes }) => bytes);
  say(`background: ${background.length} files`);
  const words = wordsOf(background);
  const filter = backgroundOf(background);
  say(`index: ${indexed.length} files`);
  return {
    words,
    index: indexOf(indexed, { words, background: filter }),
    bare: indexOf(indexed, { words, background: { has: () => false } }),
    set: caseSet(corpora, indexed, read('carriers'), printer),
    indexedFiles: indexed.length,
    indexedBytes: indexed.reduce((sum, { bytes }) => sum + bytes.length, 0),
  };
}

export function indexOf(
  files: readonly CorpusFile[],
  tables: Parameters<typeof createIndexBuilder>[0],
  thresholds: Thresholds = defaultThresholds,
): CopyIndex {
  const builder = createIndexBuilder(tables);
  for (const { path, bytes } of files) builder.add({ id: path, path, label: 'restricted', bytes });
  return builder.build(thresholds);
}
