import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const MOST_FILE = 512 * 1024;
const SOURCE =
  /\.(?:[cm]?[jt]sx?|py|pyi|go|c|cc|cpp|h|hpp|rs|java|md|rst|txt|json|ya?ml|toml|css|html|sh|s|map)$/i;

/** Source files that this machine has: libraries of the languages that are installed. */
export function* readSourceFiles(): Generator<{ readonly name: string; readonly bytes: Buffer }> {
  for (const root of sourceRoots()) {
    for (const path of walk(root)) {
      yield { name: path.slice(root.length + 1), bytes: readFileSync(path) };
    }
  }
}

function sourceRoots(): string[] {
  const asked = [
    ask('go', ['env', 'GOROOT'], 'src'),
    ask('python3', ['-c', 'import sysconfig; print(sysconfig.get_paths()["stdlib"])']),
    ask('npm', ['root', '-g']),
    join(import.meta.dirname, '../node_modules'),
    '/usr/include',
    '/usr/share/perl',
  ];
  return asked.filter((root) => root !== undefined && existsSync(root)) as string[];
}

function ask(program: string, args: readonly string[], below = ''): string | undefined {
  try {
    const told = execFileSync(program, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return join(told.trim(), below);
  } catch {
    // Not installed here: the other languages' sources serve.
    return undefined;
  }
}

function* walk(folder: string): Generator<string> {
  const entries = readdirSync(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else if (entry.isFile() && SOURCE.test(entry.name) && isUsual(path)) yield path;
  }
}

function isUsual(path: string): boolean {
  const { size } = statSync(path);
  return size > 0 && size <= MOST_FILE;
}

export interface Tree {
  readonly files: readonly string[];
  readonly bytes: number;
}

/**
 * Lays `count` files of `bytes` in all under `dir`: what the machine has, and where that is not
 * enough, the same again with a first line of its own.
 */
export function makeTree(dir: string, count: number, bytes: number): Tree {
  const files: string[] = [];
  let written = 0;
  const average = bytes / count;
  for (let round = 0; files.length < count; round += 1) {
    const before = files.length;
    for (const { name, bytes: content } of readSourceFiles()) {
      if (files.length === count) break;
      // The average is kept near what is wanted: too small, and small files are passed over.
      const isBehind = written < files.length * average;
      if (isBehind ? content.length < average / 2 : content.length > average) continue;
      const path = join(dir, String(round), name);
      mkdirSync(dirname(path), { recursive: true });
      const text =
        round === 0 ? content : Buffer.concat([Buffer.from(`// copy ${round}\n`), content]);
      writeFileSync(path, text);
      files.push(path);
      written += text.length;
    }
    if (files.length === before) throw new Error('no source files on this machine');
  }
  return { files, bytes: written };
}
