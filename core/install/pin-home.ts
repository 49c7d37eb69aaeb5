import { join } from 'node:path';
import { cordonDir } from './find-repository.ts';
import type { InstalledRepository } from './find-repository.ts';
import { tryGit } from './git.ts';
import type { Remote } from './list-remotes.ts';

/** The repository's own remote, whose default branch holds the policy that counts. */
export interface Home {
  readonly url: string;
  /** Full ref name on the remote, such as `refs/heads/main`. */
  readonly branch: string;
  readonly remote: string;
  /** False where the clone does not know the remote's default branch and it was inferred. */
  readonly branchKnown: boolean;
}

/** What `cordon.home` and `cordon.homeBranch` say now; a pin stays until it is taken out. */
export interface PinnedHome {
  readonly url: string;
  readonly branch: string;
}

/** The home an earlier `cordon init` pinned. */
export function readPinnedHome(
  repository: InstalledRepository,
  env: NodeJS.ProcessEnv = process.env,
): PinnedHome | undefined {
  const file = join(cordonDir(repository), 'config');
  const get = (name: string): string | undefined => {
    const { code, stdout } = tryGit(repository.top, ['config', '--file', file, '--get', name], env);
    return code === 0 ? stdout.replace(/\n$/, '') : undefined;
  };
  const url = get('cordon.home');
  const branch = get('cordon.homeBranch');
  return url === undefined || branch === undefined ? undefined : { url, branch };
}

/** `origin` where there is one, else the only remote; no home where several could be meant. */
export function chooseHome(
  repository: InstalledRepository,
  remotes: readonly Remote[],
  env: NodeJS.ProcessEnv = process.env,
): Home | undefined {
  const remote =
    remotes.find(({ name }) => name === 'origin') ??
    (remotes.length === 1 ? remotes[0] : undefined);
  if (remote === undefined || remote.fetchUrl === '') return undefined;
  return {
    url: remote.fetchUrl,
    remote: remote.name,
    ...defaultBranch(repository, remote.name, env),
  };
}

/** No connection is made: what the clone learned of the remote's HEAD, else the likeliest branch. */
function defaultBranch(
  { top }: InstalledRepository,
  remote: string,
  env: NodeJS.ProcessEnv,
): { branch: string; branchKnown: boolean } {
  const tracking = `refs/remotes/${remote}/`;
  const ask = (args: readonly string[]): string | undefined => {
    const { code, stdout } = tryGit(top, args, env);
    return code === 0 && stdout !== '' ? stdout.trim() : undefined;
  };
  const head = ask(['symbolic-ref', '--quiet', `${tracking}HEAD`]);
  if (head?.startsWith(tracking) === true) {
    return { branch: `refs/heads/${head.slice(tracking.length)}`, branchKnown: true };
  }
  const usual = [ask(['config', '--get', 'init.defaultBranch']), 'main', 'master'];
  const known = usual.find(
    (name) =>
      name !== undefined &&
      ask(['rev-parse', '--verify', '--quiet', `${tracking}${name}`]) !== undefined,
  );
  const current = ask(['symbolic-ref', '--quiet', 'HEAD']);
  return {
    branch: known === undefined ? (current ?? 'refs/heads/main') : `refs/heads/${known}`,
    branchKnown: false,
  };
}
