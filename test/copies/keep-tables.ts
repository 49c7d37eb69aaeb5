import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createBloom, blocksFor } from '../../core/detect/copies/background/bloom.ts';
import { eachGram } from '../../core/detect/copies/background/each-gram.ts';
import { decodeGrams, encodeGrams } from '../../core/detect/copies/background/gram-file.ts';
import { lexerPrint } from '../../core/detect/copies/background/lexer-print.ts';
import type { Background } from '../../core/detect/copies/types.ts';
import { folderOf, type Package } from './corpora.ts';

/** The background of some packages, made once for each lexer. */
export function keepBackground(
  packages: readonly Package[],
  language: string,
  files: Iterable<Buffer>,
  cache: string,
): Background {
  const what = [language, lexerPrint(), ...packages.map(folderOf)].join('\0');
  const name = createHash('sha256').update(what).digest('hex').slice(0, 16);
  const path = `${cache}/tables/${name}`;
  if (existsSync(path)) return decodeGrams(readFileSync(path)).background;
  const bloom = backgroundOf(files);
  mkdirSync(`${cache}/tables`, { recursive: true });
  writeFileSync(path, encodeGrams(bloom, what.split('\0')));
  return bloom;
}

/** A filter of all grams of some public files. */
export function backgroundOf(files: Iterable<Buffer>): ReturnType<typeof createBloom> {
  const kept: Buffer[] = [...files];
  const bytes = kept.reduce((sum, file) => sum + file.length, 0);
  // A byte of source has at most a quarter of a gram in both views.
  const bloom = createBloom(blocksFor(Math.max(10_000, bytes / 4)));
  for (const file of kept) eachGram(file, (view, high, low) => bloom.add(view, high, low));
  return bloom;
}
