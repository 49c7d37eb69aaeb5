import { simpleGit } from 'simple-git';
import { CordonError } from '../error.ts';

export interface Remote {
  readonly name: string;
  /** As git would use it, rewritten by `insteadOf`; without a user's password or token. */
  readonly fetchUrl: string;
  /** All of them: a remote may push to several places. */
  readonly pushUrls: readonly string[];
}

/**
 * A URL without what a person logs in with: it goes into a file that is committed. The user of an
 * ssh address stays, since it is part of the place.
 */
export function withoutCredentials(url: string): string {
  return url
    .replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*:[^/]*@/i, '$1')
    .replace(/^(https?:\/\/)[^/]*@/i, '$1');
}

/**
 * What git needs of the environment to answer, and to read the user's settings. The rest stays out:
 * simple-git refuses an environment that names an editor or a pager.
 */
const needed =
  /^(?:PATH|HOME|XDG_CONFIG_HOME|TMPDIR|LD_LIBRARY_PATH|GIT_CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+))$/;

/** The remotes of the repository at `top`. @throws CordonError `git.failed`. */
export async function listRemotes(
  top: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Remote[]> {
  const handed = Object.fromEntries(Object.entries(env).filter(([name]) => needed.test(name)));
  const git = simpleGit({
    baseDir: top,
    allowEnvironment: Object.keys(handed),
    unsafe: { allowUnsafeConfigPaths: true, allowUnsafeConfigEnvCount: true },
    // Left alone, simple-git takes a failing call without words for a success.
    errors: (error, result) =>
      error ??
      (result.exitCode === 0
        ? undefined
        : Buffer.concat([...result.stdErr, Buffer.from(`exit ${result.exitCode}`)])),
  }).env(handed);
  try {
    const names = (await git.getRemotes()).map(({ name }) => name);
    const remotes: Remote[] = [];
    for (const name of names) {
      const [fetchUrl = ''] = lines(await git.raw(['remote', 'get-url', '--', name]));
      const pushUrls = lines(await git.raw(['remote', 'get-url', '--push', '--all', '--', name]));
      remotes.push({
        name,
        fetchUrl: withoutCredentials(fetchUrl),
        pushUrls: pushUrls.map(withoutCredentials),
      });
    }
    return remotes;
  } catch (error) {
    throw new CordonError('git.failed', { command: 'remote', path: top }, error);
  }
}

const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '');
