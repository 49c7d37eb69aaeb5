import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';

const cordonFile = join(import.meta.dirname, '../../dist/cordon.mjs');

/** Whoever runs these, as root or not: a user whom file modes bind. */
export const NOBODY = 65_534;
export const isRoot = process.geteuid?.() === 0;

/** No run on hostile input may take longer: one that does is killed, and its code is -1. */
const DEADLINE_MS = 20_000;

export interface Ran {
  /** -1 where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** What stands on standard input; nothing by default. */
  readonly input?: AsyncIterable<Buffer> | Iterable<Buffer>;
  readonly nodeOptions?: readonly string[];
  /** Runs as a user who may not read what others keep to themselves, where the tests run as root. */
  readonly asNobody?: boolean;
  readonly deadlineMs?: number;
  /** Sent to the run and its children, as a terminal does. */
  readonly signal?: { readonly name: NodeJS.Signals; readonly afterMs: number };
}

/** A machine for one test: a home, and a folder to make things in. */
export interface Place extends Disposable {
  readonly root: string;
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  /** Runs the built command. */
  readonly cordon: (args: readonly string[], options?: RunOptions) => Promise<Ran>;
  readonly run: (file: string, args: readonly string[], options?: RunOptions) => Promise<Ran>;
  /** As `cordon`, with the most memory it held, in bytes. */
  readonly measured: (
    args: readonly string[],
    options?: RunOptions,
  ) => Promise<{ readonly ran: Ran; readonly peak: number }>;
  /** Runs git and gives its output. Throws where it fails. */
  readonly git: (cwd: string, ...args: readonly string[]) => string;
}

export function makePlace(): Place {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'cordon-bad-')));
  chmodSync(root, 0o755);
  const home = mkdtempSync(join(root, 'home-'));
  chmodSync(home, 0o755);
  const env = environment(home);
  const run: Place['run'] = (file, args, options = {}) =>
    start(file, args, { cwd: root, env, ...options });
  return {
    root,
    home,
    env,
    run,
    cordon: (args, options) =>
      run(
        process.env['CORDON_TEST_NODE'] ?? process.execPath,
        [...(options?.nodeOptions ?? []), cordonFile, ...args],
        options,
      ),
    measured: async (args, options = {}) => {
      const note = join(root, 'peak');
      // The kernel's own word, asked by the process at its end.
      const preload = `process.once('exit', () => require('node:fs').writeFileSync(${JSON.stringify(note)}, String(process.resourceUsage().maxRSS)))`;
      writeFileSync(join(root, 'preload.cjs'), preload);
      const nodeOptions = ['--require', join(root, 'preload.cjs')];
      const ran = await run(process.execPath, [...nodeOptions, cordonFile, ...args], options);
      return { ran, peak: Number(readFileSync(note, 'utf8')) * 1024 };
    },
    git: (cwd, ...args) => {
      const ran = spawnSync('git', args, { cwd, env, encoding: 'utf8', maxBuffer: 1 << 28 });
      if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.status} ${ran.stderr}`);
      return ran.stdout.trim();
    },
    [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }),
  };
}

function environment(home: string): NodeJS.ProcessEnv {
  return {
    PATH: process.env['PATH'],
    HOME: home,
    LC_ALL: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: '5',
    GIT_CONFIG_KEY_0: 'user.name',
    GIT_CONFIG_VALUE_0: 'Ada Tester',
    GIT_CONFIG_KEY_1: 'user.email',
    GIT_CONFIG_VALUE_1: 'ada@lab.example',
    GIT_CONFIG_KEY_2: 'init.defaultBranch',
    GIT_CONFIG_VALUE_2: 'main',
    GIT_CONFIG_KEY_3: 'commit.gpgSign',
    GIT_CONFIG_VALUE_3: 'false',
    GIT_CONFIG_KEY_4: 'gc.auto',
    GIT_CONFIG_VALUE_4: '0',
  };
}

async function start(file: string, args: readonly string[], options: RunOptions): Promise<Ran> {
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    ...(options.asNobody === true && isRoot && { uid: NOBODY, gid: NOBODY }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('latin1').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('latin1').on('data', (text: string) => (stderr += text));
  let timedOut = false;
  const killGroup = (name: NodeJS.Signals) => {
    try {
      process.kill(-(child.pid ?? 0), name);
    } catch (error) {
      // Gone already.
      expect((error as NodeJS.ErrnoException).code).toBe('ESRCH');
    }
  };
  const guard = setTimeout(() => {
    timedOut = true;
    killGroup('SIGKILL');
  }, options.deadlineMs ?? DEADLINE_MS);
  const { signal } = options;
  const sender = signal && setTimeout(() => killGroup(signal.name), signal.afterMs);
  void feed(child.stdin, options.input);
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? -1));
  });
  clearTimeout(guard);
  clearTimeout(sender);
  return { code, stdout: utf8(stdout), stderr: utf8(stderr), timedOut };
}

const utf8 = (latin1: string): string => Buffer.from(latin1, 'latin1').toString('utf8');

async function feed(stdin: NodeJS.WritableStream, input: RunOptions['input']): Promise<void> {
  let isOpen = true;
  // The reader may stop early: that is its right, and no failure of the test.
  stdin.on('error', () => (isOpen = false));
  stdin.on('close', () => (isOpen = false));
  for await (const chunk of input ?? []) {
    if (!isOpen) return;
    if (!stdin.write(chunk)) await drainedOrClosed(stdin);
  }
  stdin.end();
}

const drainedOrClosed = (stream: NodeJS.WritableStream): Promise<void> =>
  new Promise((go) => {
    const end = () => {
      stream.off('drain', end);
      stream.off('close', end);
      go();
    };
    stream.on('drain', end).on('close', end);
  });

/** The exit code of a run that says one sentence to a person, and nothing else; -1 of any other. */
export function codeOfOneSentence(ran: Ran): number {
  expectPlain(ran);
  expect(ran.stderr).toMatch(/^[^\n]*\S[^\n]*\n$/);
  expect(ran.stdout).toBe('');
  return ran.timedOut ? -1 : ran.code;
}

/** Nothing a terminal would obey, and no stack trace. */
export function expectPlain({ stdout, stderr }: Ran): void {
  const shown = stdout + stderr;
  expect(shown).not.toMatch(/(?![\t\n])[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  expect(shown).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  expect(shown).not.toContain('Internal error');
}

/** Makes a repository with one commit, or none. */
export function makeWork(place: Place, { commit = true, name = 'work' } = {}): string {
  const top = join(place.root, name);
  place.git(place.root, 'init', '-q', name);
  if (commit) place.git(top, 'commit', '-q', '--no-verify', '--allow-empty', '-m', 'start');
  return top;
}

/** Gives a folder and all in it to someone else. */
export function giveAway(folder: string, uid = NOBODY): void {
  for (const name of readdirSync(folder, { recursive: true })) {
    const path = join(folder, String(name));
    if (!lstatSync(path).isSymbolicLink()) chownSync(path, uid, uid);
  }
  chownSync(folder, uid, uid);
}
