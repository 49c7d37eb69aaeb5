import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { CordonError } from '../error.ts';

export interface GitOutput {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables by which a caller's hook would lead our calls to another repository or index. */
const located =
  /^GIT_(?:DIR|WORK_TREE|COMMON_DIR|INDEX_FILE|PREFIX|NAMESPACE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|QUARANTINE_PATH|CONFIG|EXTERNAL_DIFF|TRACE.*)$/;

/** `env` without what leads git elsewhere; settings (`GIT_CONFIG_*`) stay, since they count. */
export function gitEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !located.test(name)));
  return {
    ...kept,
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
}

/**
 * Runs git in `dir` and returns its exit code and output.
 * @throws CordonError `git.not-found`, `git.unsafe-repository`.
 */
export function tryGit(
  dir: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  input?: string | Buffer,
): GitOutput {
  const ran = spawnSync('git', ['-c', 'core.fsmonitor=false', ...args], {
    cwd: dir,
    env: gitEnvironment(env),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] as const } : { input }),
  });
  // spawnSync() says ENOENT and ENOTDIR of the folder as it does of the program.
  if (ran.error !== undefined && statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new CordonError('git.not-a-repository', { path: dir }, ran.error);
  }
  if (ran.error !== undefined) throw new CordonError('git.not-found', { path: dir }, ran.error);
  if (ran.status === 128 && ran.stderr.includes('safe.directory')) {
    throw new CordonError('git.unsafe-repository', { path: dir, detail: ran.stderr.trim() });
  }
  return { code: ran.status ?? 255, stdout: ran.stdout, stderr: ran.stderr };
}

/** Like `tryGit`, for a call that must succeed. @throws CordonError `git.failed`. */
export function git(
  dir: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  input?: string | Buffer,
): string {
  const { code, stdout, stderr } = tryGit(dir, args, env, input);
  if (code !== 0) {
    throw new CordonError('git.failed', { command: args.join(' '), code, detail: stderr.trim() });
  }
  return stdout;
}
