import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { alternate, milliseconds, run } from './alternate.ts';
import { COMMAND } from './hook-start.ts';
import { makeHistory, runGitIn } from './make-history.ts';
import { makeTree } from './make-tree.ts';
import type { Row } from './row.ts';
import { inScratch } from './scratch.ts';

/** Some peers read 2 MB a second: the whole tree only where asked for. */
const isFull = process.env['BENCH_FULL'] === '1';
const FILES = isFull ? 25_000 : 2500;
const BYTES = isFull ? 270e6 : 27e6;
const ROUNDS = 3;
const COMMITS = 500;

interface Peer {
  readonly name: string;
  readonly tree: (dir: string) => readonly string[];
  /** Undefined where it knows no ranges. */
  readonly push?: (range: string) => readonly string[];
}

const peers: readonly Peer[] = [
  {
    name: 'gitleaks',
    tree: (dir) => ['dir', '--no-banner', '--exit-code=0', dir],
    push: (range) => ['git', '--no-banner', '--exit-code=0', `--log-opts=${range}`, '.'],
  },
  {
    name: 'betterleaks',
    tree: (dir) => ['dir', '--no-banner', '--exit-code=0', dir],
    push: (range) => ['git', '--no-banner', '--exit-code=0', `--log-opts=${range}`, '.'],
  },
  { name: 'ripsecrets', tree: (dir) => [dir] },
  { name: 'secretlint', tree: (dir) => [`${dir}/**/*`] },
  { name: 'git-secrets', tree: (dir) => ['--scan', '--no-index', '-r', dir] },
];

/** The same tree and the same push through other scanners, where they are installed. */
export async function benchPeers(): Promise<Row[]> {
  const here = peers.filter(({ name }) => isOnPath(name));
  const rows: Row[] = peers
    .filter((peer) => !here.includes(peer))
    .map(({ name }) => ({ what: `beside ${name}`, ours: '', against: 'not on PATH' }));
  if (here.length === 0) return rows;
  return inScratch(async (dir) => {
    const tree = join(dir, 'tree');
    const repo = join(dir, 'repo');
    mkdirSync(repo);
    const { bytes } = makeTree(tree, FILES, BYTES);
    await makeHistory(repo);
    const tip = runGitIn(repo, ['rev-parse', 'main']);
    const base = runGitIn(repo, ['rev-parse', `main~${COMMITS}`]);
    const scan = () =>
      run(process.execPath, [COMMAND, 'scan', tree], { cwd: dir, okCodes: [0, 1, 4] });
    const push = () =>
      run(process.execPath, [COMMAND, 'scan', '--range', `${base}..${tip}`], {
        cwd: repo,
        okCodes: [0, 1, 4],
      });
    for (const peer of here) {
      const told = `${FILES} files, ${(bytes / 1e6).toFixed(0)} MB, beside ${peer.name}`;
      rows.push(await side(`scan of ${told}`, peer, scan, peer.tree(tree), dir));
      if (peer.push === undefined) continue;
      const args = peer.push(`${base}..${tip}`);
      rows.push(
        await side(`range of ${COMMITS} commits, beside ${peer.name}`, peer, push, args, repo),
      );
    }
    return rows;
  });
}

async function side(
  what: string,
  { name }: Peer,
  ours: () => unknown,
  args: readonly string[],
  cwd: string,
): Promise<Row> {
  // Its findings are its own business here; 1 is "found some" with all of them.
  const theirs = () => run(name, args, { cwd, okCodes: [0, 1] });
  try {
    theirs();
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    return { what, ours: '', against: `${name} does not run: ${why}`.slice(0, 80) };
  }
  const took = await alternate(ROUNDS, ours, theirs);
  return {
    what,
    ours: milliseconds(took.ours),
    against: `${name}: ${milliseconds(took.against)}`,
    ratio: took.ratio,
  };
}

function isOnPath(name: string): boolean {
  return spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined;
}
