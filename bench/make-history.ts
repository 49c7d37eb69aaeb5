import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readSourceFiles } from './make-tree.ts';

/** git's answer to one command in `dir`, without anybody's configuration. */
export function runGitIn(dir: string, args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: dir,
    encoding: 'utf8',
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Bench',
      GIT_AUTHOR_EMAIL: 'bench@example.invalid',
      GIT_COMMITTER_NAME: 'Bench',
      GIT_COMMITTER_EMAIL: 'bench@example.invalid',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

export function initRepository(dir: string): void {
  runGitIn(dir, ['init', '-q', '-b', 'main', '.']);
}

const COMMITS = 2000;
const FILES = 3000;
const BLOBS_A_COMMIT = 18;
const LEAST_BLOB = 8000;
/** What tests keep, keys and archives in hexadecimal, is rightly stopped: this push is a clean one. */
const TEST_DATA = /(?:^|\/)(?:tests?|testdata|idlelib)\/|_test\.|test_/;
const MOST_BLOB = 60_000;

/**
 * A repository of 2,000 commits over 3,000 source files of 5 to 60 KB: the first commit has them all,
 * each later one changes some of them in a few lines, as people do. Packed.
 */
export async function makeHistory(dir: string): Promise<void> {
  initRepository(dir);
  const texts: Buffer[] = [];
  for (const { name, bytes } of readSourceFiles()) {
    if (TEST_DATA.test(name)) continue;
    if (bytes.length >= LEAST_BLOB && bytes.length <= MOST_BLOB) texts.push(bytes);
    if (texts.length === FILES) break;
  }
  const importer = spawn('git', ['fast-import', '--quiet', '--force'], {
    cwd: dir,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const write = async (data: Buffer | string) => {
    if (!importer.stdin.write(data)) await once(importer.stdin, 'drain');
  };
  const put = async (path: string, bytes: Buffer) => {
    await write(`M 100644 inline ${path}\ndata ${bytes.length}\n`);
    await write(bytes);
    await write('\n');
  };
  const pathOf = (file: number) => `src/p${file % 40}/m${file % 7}/file${file}.ts`;
  const random = createRandom(7);
  for (let commit = 0; commit < COMMITS; commit += 1) {
    const message = `Change ${commit}\n`;
    const who = `Bench <bench@example.invalid> ${1_700_000_000 + commit * 600} +0000`;
    await write(`commit refs/heads/main\ncommitter ${who}\ndata ${message.length}\n${message}`);
    if (commit === 0) {
      for (const [file, text] of texts.entries()) await put(pathOf(file), text);
      continue;
    }
    for (let blob = 0; blob < BLOBS_A_COMMIT; blob += 1) {
      const file = random() % texts.length;
      const text = edit(texts[file] ?? Buffer.alloc(0), commit, random);
      texts[file] = text;
      await put(pathOf(file), text);
    }
  }
  importer.stdin.end();
  const [code] = (await once(importer, 'close')) as [number];
  if (code !== 0) throw new Error(`git fast-import: exit ${code}`);
  // As a clone has it: one pack with deltas, and no commit-graph that a push would not believe.
  runGitIn(dir, ['-c', 'pack.threads=2', 'repack', '-adq', '--depth=50', '--window=10']);
}

/** A few lines put in somewhere, and a few taken out elsewhere. */
function edit(text: Buffer, commit: number, random: () => number): Buffer {
  const at = text.indexOf(10, random() % text.length) + 1;
  const cut = text.indexOf(10, at + (random() % 400)) + 1;
  const line = `  const changed${commit} = compute(value${random() % 1000}, ${random() % 100});\n`;
  return Buffer.concat([
    text.subarray(0, at),
    Buffer.from(line.repeat(1 + (random() % 4))),
    text.subarray(Math.max(at, cut)),
  ]);
}

/** The same numbers in every run. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647);
}
