import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { folderOf, type Package } from './corpora.ts';
import type { Language } from './language.ts';

export interface CorpusFile {
  /** The package's folder, then the path in it. */
  readonly path: string;
  readonly bytes: Buffer;
}

export interface CorpusOptions {
  readonly cache: string;
  /** Smaller files are left out: an empty `__init__.py` proves nothing. Default: 1,024 bytes. */
  readonly leastBytes?: number;
  /** Of one package at most so many files, evenly spread: no generated kit decides a figure. */
  readonly mostFiles?: number;
  /** Only what people wrote. */
  readonly written?: boolean;
}

const MOST_BYTES = 1024 * 1024;

/** Files of a language in some packages, each content once, in the order of their names. */
export function* readCorpus(
  packages: readonly Package[],
  language: Language,
  { cache, leastBytes = 1024, mostFiles = 4000, written = false }: CorpusOptions,
): Generator<CorpusFile> {
  const seen = new Set<string>();
  const extensions = (written ? language.written : undefined) ?? language.extensions;
  for (const one of packages) {
    const root = rootOf(one, cache);
    const all = existsSync(root) ? listFiles(realpathSync(root), extensions, one) : [];
    const step = Math.max(1, all.length / mostFiles);
    for (let i = 0; Math.floor(i) < all.length; i += step) {
      const path = all[Math.floor(i)] ?? '';
      const bytes = readFileSync(`${realpathSync(root)}/${path}`);
      if (bytes.length < leastBytes || bytes.length > MOST_BYTES) continue;
      const sum = createHash('sha256').update(bytes).digest('base64');
      if (seen.has(sum)) continue;
      seen.add(sum);
      yield { path: `${one.name}/${path}`, bytes };
    }
  }
}

function rootOf(one: Package, cache: string): string {
  if (one.registry === 'here') return fileURLToPath(new URL('../../node_modules', import.meta.url));
  return `${cache}/${folderOf(one)}`;
}

function listFiles(root: string, extensions: readonly string[], { registry }: Package): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => extensions.some((extension) => path.endsWith(extension)))
    .filter((path) => !/\.min\.m?js$|\.d\.ts$/u.test(path))
    .filter((path) => registry === 'here' || !/(?:^|\/)node_modules\//u.test(path))
    .filter((path) => statSync(`${root}/${path}`).isFile())
    .toSorted();
}
