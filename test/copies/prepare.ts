import { existsSync } from 'node:fs';
import {
  createIndexBuilder,
  defaultThresholds,
} from '../../core/detect/copies/indexing/index-builder.ts';
import type { CopyIndex, Thresholds } from '../../core/detect/copies/types.ts';
import { joinBackgrounds } from '../../core/detect/copies/background/bloom.ts';
import { calibrate } from '../../core/detect/copies/background/calibrate.ts';
import {
  shippedBackground,
  shippedFile,
  shippedWords,
} from '../../core/detect/copies/background/shipped.ts';
import { caseSet } from './case-set.ts';
import type { Corpora } from './corpora.ts';
import type { CaseSet } from './make-case.ts';
import { createRecognise, type Recognise } from './recognise.ts';
import type { Printer } from './printer.ts';
import { keepBackground } from './keep-tables.ts';
import { wordsOf } from './count-words.ts';
import { readCorpus, type CorpusFile } from './read-corpus.ts';

export interface Prepared {
  readonly recognise: Recognise;
  /** With nothing public taken away. */
  readonly recogniseBare: Recognise;
  readonly thresholds: Thresholds;
  /** Files; 0 where the default thresholds stand. */
  readonly calibratedBy: number;
  readonly set: CaseSet;
  readonly indexedFiles: number;
  readonly indexedBytes: number;
}

export function prepare(
  corpora: Corpora,
  { cache, uncalibrated }: { readonly cache: string; readonly uncalibrated: boolean },
  printer: Printer | undefined,
  say: (text: string) => void,
): Prepared {
  const { language } = corpora;
  const read = (role: 'indexed' | 'carriers' | 'background' | 'calibration') => [
    ...readCorpus(corpora[role], language, {
      cache,
      mostFiles: Infinity,
      leastBytes: role === 'background' ? 1 : 512,
      written: role === 'indexed' || role === 'carriers',
    }),
  ];
  say('reading');
  const { indexedPaths = /./u } = corpora;
  const indexed = read('indexed').filter(({ path }) => indexedPaths.test(path));
  const background = read('background').map(({ bytes }) => bytes);
  say(`background: ${background.length} files`);
  // As the product does, which ships both tables.
  const ships = existsSync(shippedFile('public-words.bin'));
  const words = ships ? shippedWords() : wordsOf(background);
  const known = keepBackground(corpora.background, language.id, background, cache);
  const seen = ships ? joinBackgrounds(shippedBackground(), known) : known;
  const heldBack = read('calibration');
  const held = keepBackground(
    corpora.calibration,
    language.id,
    heldBack.map(({ bytes }) => bytes),
    cache,
  );
  say(`index: ${indexed.length} files`);
  // As the product does: calibrated by what its background has not seen, which it then sees too.
  const calibration = uncalibrated
    ? undefined
    : calibrate(
        indexOf(indexed, { words, background: seen }),
        heldBack.map(({ path, bytes }) => ({ name: path, read: () => bytes })),
        { words },
      );
  const thresholds = calibration?.thresholds ?? defaultThresholds;
  say(`thresholds: ${JSON.stringify(thresholds)}`);
  const index = indexOf(indexed, { words, background: joinBackgrounds(seen, held) }, thresholds);
  const bare = indexOf(indexed, { words, background: { has: () => false } }, thresholds);
  return {
    recognise: createRecognise(index, words),
    recogniseBare: createRecognise(bare, words),
    thresholds,
    calibratedBy: calibration?.files ?? 0,
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
