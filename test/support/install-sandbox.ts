import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join, relative } from 'node:path';
import { initRepository } from '../../core/install/index.ts';
import type { InitOptions, InitResult } from '../../core/install/index.ts';

/**
 * A machine for one test: a home, a build of Cordon, and repositories, all in one temporary folder.
 * The build is a stand-in that notes each call and refuses where a pushed or staged file holds the
 * word `WEIGHTS`; git, husky and the shell are real.
 */
export interface Sandbox extends Disposable {
  readonly root: string;
  readonly home: string;
  readonly dist: string;
  readonly env: NodeJS.ProcessEnv;
  readonly git: (cwd: string, ...args: readonly string[]) => string;
  readonly tryGit: (cwd: string, args: readonly string[], more?: NodeJS.ProcessEnv) => Ran;
  readonly repository: (name?: string) => string;
  readonly bare: (name?: string) => string;
  readonly init: (cwd: string, more?: Partial<InitOptions>) => Promise<InitResult>;
  /** What the stand-in was called for, oldest first. */
  readonly calls: () => Call[];
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Call {
  readonly hook: string;
  readonly args: readonly string[];
  readonly input: string;
  readonly cwd: string;
  readonly node: string;
  readonly env: Readonly<Record<string, string>>;
}

const standIn = (log: string): string => `
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { limit } from './chunks/limit.mjs';
const [, , command, hook, ...args] = process.argv;
if (command !== 'hook') process.exit(2);
const input = readFileSync(0, 'utf8');
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(NODE_|PATH$|GIT_|CORDON_)/.test(name)));
appendFileSync(${JSON.stringify(log)}, JSON.stringify({ hook, args, input, cwd: process.cwd(), node: process.execPath, env }) + '\\n');
if (limit.ending !== '') process.kill(process.pid, limit.ending);
const git = (...a) => execFileSync('git', a, { encoding: 'latin1', maxBuffer: 1 << 28 });
const bad = () => { process.stderr.write('cordon: blocked\\n'); process.exit(1); };
if (hook === 'pre-push' || hook === 'pre-receive') {
  const lines = input.split('\\n').filter(Boolean).map((line) => line.split(' '));
  for (const tip of new Set(lines.map((words) => (hook === 'pre-push' ? words.at(-3) : words[1])))) {
    if (/^0+$/.test(tip)) continue;
    for (const row of git('ls-tree', '-r', tip).split('\\n').filter(Boolean)) {
      if (/WEIGHTS|__metadata__|"F32"/.test(git('cat-file', 'blob', row.split(/\\s/)[2]))) bad();
    }
  }
} else if (/^\\+.*WEIGHTS/m.test(git('diff', '--cached'))) bad();
`;

/** By its full path, so that a test may set any PATH. */
const gitPath =
  (process.env['PATH'] ?? '')
    .split(':')
    .map((folder) => join(folder, 'git'))
    .find((path) => isAbsolute(path) && existsSync(path)) ?? 'git';

/** Makes a sandbox. `name` is the folder all of it stands in: try one with spaces and quotes. */
export function makeSandbox(name = 'sandbox'): Sandbox {
  const outer = realpathSync(mkdtempSync(join(tmpdir(), 'cordon-install-')));
  const root = join(outer, name);
  const home = join(root, 'home');
  const dist = join(root, 'dist');
  const log = join(root, 'calls.jsonl');
  mkdirSync(home, { recursive: true });
  writeBuild(dist, log);
  const env: NodeJS.ProcessEnv = {
    PATH: `${dirname(gitPath)}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: join(home, '.gitconfig'),
  };
  writeFileSync(
    join(home, '.gitconfig'),
    '[user]\n\tname = T\n\temail = t@example.test\n[init]\n\tdefaultBranch = main\n[commit]\n\tgpgSign = false\n[protocol "file"]\n\tallow = always\n',
  );
  const tryGit = (cwd: string, args: readonly string[], more: NodeJS.ProcessEnv = {}): Ran => {
    const ran = spawnSync(gitPath, args, {
      cwd,
      env: { ...env, ...more },
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      timeout: 60_000,
    });
    return { code: ran.status ?? 255, stdout: ran.stdout, stderr: ran.stderr };
  };
  const git = (cwd: string, ...args: readonly string[]): string => {
    const { code, stdout, stderr } = tryGit(cwd, args);
    if (code !== 0) throw new Error(`git ${args.join(' ')}: ${code} ${stderr}`);
    return stdout.trim();
  };
  const bare = (name = 'remote.git'): string => {
    git(root, 'init', '--quiet', '--bare', name);
    return join(root, name);
  };
  return {
    root,
    home,
    dist,
    env,
    git,
    tryGit,
    bare,
    repository: (name = 'work') => {
      const top = join(root, name);
      git(root, 'init', '--quiet', name);
      if (!existsSync(join(root, 'remote.git'))) bare();
      git(top, 'remote', 'add', 'origin', join(root, 'remote.git'));
      commitFile(git, top, 'readme.txt', 'hello\n');
      return top;
    },
    init: (cwd, more = {}) =>
      initRepository({
        cwd,
        runtime: { from: dist, version: '0.1.0' },
        policy: (urls) => ({ policy: `version: 1\n# ${urls.join(' ')}\n`, schema: '{}\n' }),
        env,
        ...more,
      }),
    calls: () =>
      existsSync(log)
        ? readFileSync(log, 'utf8')
            .split('\n')
            .filter((line) => line !== '')
            .map((line) => JSON.parse(line) as Call)
        : [],
    [Symbol.dispose]: () => rmSync(outer, { recursive: true, force: true }),
  };
}

/** Writes the stand-in build; `ending` is a signal it sends itself instead of a verdict. */
export function writeBuild(dist: string, log: string, ending = ''): void {
  mkdirSync(join(dist, 'chunks'), { recursive: true });
  writeFileSync(join(dist, 'cordon.mjs'), standIn(log));
  writeFileSync(
    join(dist, 'chunks', 'limit.mjs'),
    `export const limit = ${JSON.stringify({ ending })};\n`,
  );
}

/** Commits one file without asking any hook. */
export function commitFile(git: Sandbox['git'], top: string, path: string, text: string): string {
  mkdirSync(dirname(join(top, path)), { recursive: true });
  writeFileSync(join(top, path), text);
  git(top, 'add', '--force', '--', path);
  git(top, 'commit', '--quiet', '--no-verify', '--message', path);
  return git(top, 'rev-parse', 'HEAD');
}

/** Writes a hook that notes its arguments and input in `<path>.log`, then exits with `code`. */
export function writeHook(path: string, code = 0, body = ''): void {
  mkdirSync(dirname(path), { recursive: true });
  const log = `${path}.log`;
  writeFileSync(
    path,
    `#!/bin/sh\n{ printf '%s\\n' "\${0##*/}" "$@"; echo --; cat; } >'${log.replaceAll("'", `'\\''`)}'\n${body}\nexit ${code}\n`,
    { mode: 0o755 },
  );
}

export const readLog = (path: string): string | undefined =>
  existsSync(`${path}.log`) ? readFileSync(`${path}.log`, 'utf8') : undefined;

/** Every file under `root` by path, mode and content, for before and after. */
export function snapshot(
  root: string,
  skip: (path: string) => boolean = () => false,
): Record<string, string> {
  const seen: Record<string, string> = {};
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const name = relative(root, path);
    if (skip(name)) continue;
    const { mode } = lstatSync(path);
    const content = entry.isFile()
      ? createHash('sha256').update(readFileSync(path)).digest('hex')
      : entry.isSymbolicLink()
        ? readlinkSync(path)
        : 'folder';
    seen[name] = `${(mode & 0o777).toString(8)} ${content}`;
  }
  return seen;
}
