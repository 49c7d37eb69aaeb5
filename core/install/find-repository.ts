import { realpathSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { CordonError } from '../error.ts';
import { tryGit } from './git.ts';

/** A repository as the installer sees it. All paths are absolute and free of symlinks. */
export interface InstalledRepository {
  /** Top of the work tree; the git directory itself where there is none. */
  readonly top: string;
  readonly gitDir: string;
  /** Shared by all linked worktrees. */
  readonly commonDir: string;
  readonly bare: boolean;
}

/** Where Cordon keeps what belongs to one repository. */
export const cordonDir = (repository: Pick<InstalledRepository, 'commonDir'>): string =>
  join(repository.commonDir, 'cordon');

/**
 * Finds the repository that holds `cwd`.
 * @throws CordonError `git.not-a-repository`, `git.unsafe-repository`, `git.not-found`.
 */
export function findRepository(
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): InstalledRepository {
  // One question a call: an answer may itself hold newlines.
  const ask = (question: string): string | undefined => {
    const { code, stdout } = tryGit(cwd, ['rev-parse', '--path-format=absolute', question], env);
    return code === 0 ? stdout.replace(/\n$/, '') : undefined;
  };
  const gitDir = ask('--git-dir');
  const commonDir = ask('--git-common-dir');
  if (gitDir === undefined || commonDir === undefined) {
    throw new CordonError('git.not-a-repository', { path: cwd });
  }
  const top = ask('--show-toplevel');
  return {
    top: realpathSync(top ?? gitDir),
    gitDir: realpathSync(gitDir),
    commonDir: realpathSync(commonDir),
    bare: ask('--is-bare-repository') === 'true',
  };
}

/**
 * The hooks folder as git finds it from the top of any work tree of the repository, so that a
 * repository that is moved, copied or mounted elsewhere stays guarded. None where no relative path
 * serves.
 */
export function relativeHooksPath(repository: InstalledRepository): string | undefined {
  if (basename(repository.commonDir) === '.git') return '.git/cordon/hooks';
  if (repository.gitDir !== repository.commonDir) return undefined;
  return join(relative(repository.top, repository.commonDir), 'cordon/hooks');
}
