import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface CorpusPackage {
  /** `pip/torch-2.11.0`: where it came from, its name and version. */
  readonly name: string;
  readonly folder: string;
}

const sources =
  /\.(?:py|pyi|ts|tsx|mts|cts|js|jsx|mjs|cjs|c|h|cc|cpp|cxx|hpp|hh|cu|cuh|rs|go|java|kt|scala|sh|bash|md|rst|txt|ya?ml|toml|ipynb)$|(?:^|\/)(?:licen[cs]e|copying|notice|makefile|dockerfile)[^/]*$/i;
/** Of what cargo fetches with the crates that were asked for, those that people write like. */
const crates =
  /\/(?:tokio|serde|serde_json|clap|clap_builder|syn|regex|rand|hyper|axum|ndarray|candle-\w+|burn-\w+|reqwest|futures-\w+|tracing|rayon|itertools|anyhow|bytes|hashbrown|indexmap|tokenizers|safetensors|half|gemm)-\d[^/]*$/;
const minified = /[.-]min\.|\/(?:dist|umd|bundles?|fesm\d+|locales?|i18n)\//;

/** The packages under a folder of `pip`, `sdist`, `npm` archives and `go`, `rust`, `java` caches, unpacked. */
export function readPackages(root: string): CorpusPackage[] {
  const packages: CorpusPackage[] = [];
  for (const from of ['pip', 'sdist', 'npm', 'java']) {
    const folder = join(root, from);
    if (!existsSync(folder)) continue;
    for (const file of listFiles(folder)) {
      const name = /([^/]+?)(?:\.whl|\.tar\.gz|\.tgz|\.zip|-sources\.jar)$/.exec(file)?.[1];
      if (name === undefined) continue;
      const short = name.replace(/-(?:cp\d+|py[23]|none|any).*$/, '');
      packages.push({
        name: `${from}/${short}`,
        folder: unpack(file, join(root, 'unpacked', from, short)),
      });
    }
  }
  for (const [from, cache] of [
    ['go', 'go/mod'],
    ['rust', 'rust/home/registry/src'],
  ] as const) {
    for (const folder of foldersOf(join(root, cache), from))
      packages.push({ name: `${from}/${folder.split('/').at(-1)}`, folder });
  }
  return packages.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Source and prose of one package: no bundles, no file beyond 256 KB, and beyond `mostBytes` every n-th file. */
export function* filesOf({ folder }: CorpusPackage, mostBytes: number): Generator<Buffer> {
  const files = listFiles(folder)
    .map((path) => ({ path, inside: path.slice(folder.length + 1), size: statSync(path).size }))
    .filter(
      ({ inside, size }) =>
        sources.test(inside) && !minified.test(`/${inside}`) && size <= 256 * 1024,
    );
  const total = files.reduce((sum, { size }) => sum + size, 0);
  const every = Math.max(1, Math.ceil(total / mostBytes));
  for (const [i, { path }] of files.entries()) {
    if (i % every === 0) yield readFileSync(path);
  }
}

export function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function unpack(archive: string, to: string): string {
  if (existsSync(to)) return to;
  mkdirSync(to, { recursive: true });
  if (/\.(?:whl|zip|jar)$/.test(archive))
    execFileSync('python3', ['-m', 'zipfile', '-e', archive, to]);
  else execFileSync('tar', ['xzf', archive, '-C', to, '--no-same-owner']);
  return to;
}

/** Module folders of a Go or cargo cache. */
function foldersOf(root: string, from: 'go' | 'rust'): string[] {
  if (!existsSync(root)) return [];
  const isModule = from === 'go' ? /@v[^/]*$/ : /-\d+\.\d+[^/]*$/;
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory() && isModule.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((folder) => !folder.includes('/cache/') && (from === 'go' || crates.test(folder)))
    .sort();
}
