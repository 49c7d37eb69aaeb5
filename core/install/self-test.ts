import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CordonError } from '../error.ts';
import { cordonDir, findRepository } from './find-repository.ts';
import type { InstalledRepository } from './find-repository.ts';
import { git, gitEnvironment } from './git.ts';
import { readManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';

export interface SelfTestOptions {
  /** Any folder of the repository whose installation is tried. */
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal;
  /** For each of the two pushes; default 60 000. */
  readonly timeoutMs?: number;
}

export interface SelfTestResult {
  readonly cleanPushPassed: true;
  readonly weightsRefused: true;
  /** What Cordon said to the planted weights. */
  readonly refusal: string;
}

/**
 * Proves that what `cordon init` installed stops weights: copies the installed hooks into a
 * throw-away repository and makes two real pushes from it, one clean, one with a planted checkpoint.
 * That the first passes shows that the second was not stopped by something broken. The user's
 * repository is only read; nothing stays behind.
 *
 * @throws CordonError `install.self-test-failed` with `what` `not-installed`, `clean-refused` or
 *   `weights-passed`; `interrupted`.
 */
export async function selfTest(options: SelfTestOptions): Promise<SelfTestResult> {
  const { cwd, env = process.env, signal, timeoutMs = 60_000 } = options;
  const repository = findRepository(cwd, env);
  const manifest = readManifest(repository.commonDir);
  if (manifest === undefined) {
    throw new CordonError('install.self-test-failed', { what: 'not-installed' });
  }
  const root = mkdtempSync(join(tmpdir(), 'cordon-self-test-'));
  try {
    const own = isolated(env);
    const work = join(root, 'work');
    const remote = join(root, 'remote.git');
    git(root, ['init', '--quiet', '--initial-branch=main', work], own);
    git(root, ['init', '--quiet', '--bare', '--initial-branch=main', remote], own);
    installCopy(repository, manifest, work, remote);

    const push = async (oid: string): Promise<{ code: number; said: string }> =>
      pushOnce(work, [remote, `${oid}:refs/heads/main`], own, timeoutMs, signal);
    const clean = commitFile(work, 'readme.txt', Buffer.from('Nothing of value.\n'), own);
    const first = await push(clean);
    if (first.code !== 0) {
      throw new CordonError('install.self-test-failed', {
        what: 'clean-refused',
        said: first.said,
      });
    }
    const planted = commitFile(work, 'notes.txt', plantedWeights(), own, clean);
    const second = await push(planted);
    const arrived = git(remote, ['rev-parse', 'refs/heads/main'], own).trim();
    if (second.code === 0 || arrived !== clean) {
      throw new CordonError('install.self-test-failed', {
        what: 'weights-passed',
        said: second.said,
      });
    }
    return { cleanPushPassed: true, weightsRefused: true, refusal: second.said };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

/** The user's own settings stay out: a hooks folder of theirs would run in the throw-away repository. */
const isolated = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(
    Object.entries(gitEnvironment(env)).filter(([name]) => !/^(?:GIT_CONFIG|CORDON_)/.test(name)),
  ),
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Cordon',
  GIT_AUTHOR_EMAIL: 'self-test@cordon.invalid',
  GIT_COMMITTER_NAME: 'Cordon',
  GIT_COMMITTER_EMAIL: 'self-test@cordon.invalid',
});

/** The very files that were installed, at the places git will look for them. */
function installCopy(
  repository: InstalledRepository,
  { kind, files }: Manifest,
  work: string,
  remote: string,
): void {
  if (kind === 'client') {
    const to = join(work, '.git', 'cordon');
    mkdirSync(to);
    for (const name of ['hooks', 'run.sh', 'dispatch.sh']) {
      cpSync(join(cordonDir(repository), name), join(to, name), { recursive: true });
    }
    // Written rather than run: the switch in the user's configuration is `inspectInstall`'s.
    git(work, ['config', 'core.hooksPath', join(to, 'hooks')]);
    return;
  }
  const hook = files.find(({ path }) =>
    /hooks\/(?:pre-receive|pre-receive\.d\/cordon)$/.test(path),
  );
  if (hook === undefined)
    throw new CordonError('install.self-test-failed', { what: 'not-installed' });
  mkdirSync(join(remote, 'hooks'), { recursive: true });
  cpSync(resolve(repository.commonDir, hook.path), join(remote, 'hooks', 'pre-receive'));
}

/** Commits without running any hook. */
function commitFile(
  work: string,
  path: string,
  bytes: Buffer,
  env: NodeJS.ProcessEnv,
  parent?: string,
): string {
  const file = join(work, path);
  writeFileSync(file, bytes);
  git(work, ['update-index', '--add', '--', path], env);
  const tree = git(work, ['write-tree'], env).trim();
  const after = parent === undefined ? [] : ['-p', parent];
  return git(work, ['commit-tree', '-m', 'self-test', ...after, tree], env).trim();
}

/** A safetensors file with one tensor of 128 KiB; the format: https://huggingface.co/docs/safetensors. */
function plantedWeights(): Buffer {
  const count = 32_768;
  const header = JSON.stringify({
    'model.layers.0.weight': { dtype: 'F32', shape: [256, 128], data_offsets: [0, count * 4] },
  }).padEnd(128);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  const values = Float32Array.from({ length: count }, (_, index) => Math.sin(index));
  return Buffer.concat([size, Buffer.from(header), Buffer.from(values.buffer)]);
}

/** One push, ended with all it started where it takes too long or is not wanted any more. */
function pushOnce(
  work: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  timeoutMs: number,
  signal: AbortSignal | undefined,
): Promise<{ code: number; said: string }> {
  return new Promise((done, fail) => {
    // A group of its own: ending git alone would leave the hook running.
    const child = spawn('git', ['push', '--quiet', ...args], {
      cwd: work,
      env,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      // Enough to show; a program gone wrong may write without end.
      if (said.length < 65_536) said += text;
    });
    const end = (): void => {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    };
    const timer = setTimeout(end, timeoutMs);
    signal?.addEventListener('abort', end, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
    };
    child.once('error', (error) => {
      settle();
      fail(new CordonError('git.not-found', {}, error));
    });
    child.once('close', (code) => {
      settle();
      if (signal?.aborted === true) fail(new CordonError('interrupted'));
      else done({ code: code ?? 255, said });
    });
    if (signal?.aborted === true) end();
  });
}
