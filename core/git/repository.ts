import { realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CordonError } from '../error.ts';
import type { Oid } from '../model.ts';
import { type GitConfig, keepConfig, readConfig } from './config.ts';
import { type GitContext, runGit } from './spawn.ts';

export type ObjectFormat = 'sha1' | 'sha256';

/** A repository git agreed to open. As a context, git runs at its top and in no other repository. */
export interface Repository extends GitContext {
  readonly gitDir: string;
  /** Shared by linked worktrees; equal to `gitDir` elsewhere. */
  readonly commonDir: string;
  /** The top of the work tree. Undefined in a bare repository. */
  readonly workTree?: string;
  readonly bare: boolean;
  readonly objectFormat: ObjectFormat;
  readonly zeroOid: Oid;
  readonly shallow: boolean;
  /** Some objects are only promised by a remote. */
  readonly partial: boolean;
}

const mark = '--cordon-next';

/** rev-parse echoes an option it does not know: a fence between paths that may hold newlines. */
const questions = [
  'rev-parse',
  '--is-bare-repository',
  '--is-shallow-repository',
  '--show-object-format',
  '--absolute-git-dir',
  mark,
  '--path-format=absolute',
  '--git-common-dir',
  mark,
  '--path-format=relative',
  '--show-cdup',
];

function isPartial(config: GitConfig): boolean {
  return config.entries.some(
    ({ key }) =>
      key === 'extensions.partialclone' ||
      (key.startsWith('remote.') && /\.(promisor|partialclonefilter)$/.test(key)),
  );
}

/**
 * Opens the repository that git finds from `dir`, an inherited GIT_DIR honoured, with two processes
 * side by side. Needs git 2.31. Throws `git.not-a-repository`, `git.unsafe-repository` (another
 * user's), `git.not-found`, `git.protocol`.
 */
export async function openRepository(
  dir: string,
  options: Pick<GitContext, 'env' | 'signal'> = {},
): Promise<Repository> {
  let top: string;
  try {
    top = realpathSync(dir);
    if (!statSync(top).isDirectory()) throw new CordonError('git.not-a-repository', { dir });
  } catch (error) {
    throw new CordonError('git.not-a-repository', { dir }, error);
  }
  const context: GitContext = { ...options, dir: top };
  const [answer, config] = await Promise.all([runGit(context, questions), readConfig(context)]);
  const parts = answer.toString('utf8').split(`\n${mark}\n`);
  const [flags = '', commonDir = '', cdup = ''] = parts;
  const lines = flags.split('\n');
  const [bare = '', shallow = '', format = ''] = lines;
  const gitDir = lines.slice(3).join('\n');
  if (parts.length !== 3 || gitDir === '' || (format !== 'sha1' && format !== 'sha256')) {
    throw new CordonError('git.protocol', { what: 'rev-parse' });
  }
  // git before 2.31 echoes what it does not know, and the rest would be misread.
  if (commonDir.startsWith('--path-format')) {
    throw new CordonError('git.protocol', { what: 'git older than 2.31' });
  }
  // `--show-cdup` says nothing at all where there is no work tree, and a line otherwise.
  const workTree =
    bare === 'true' || cdup === '' ? undefined : resolve(top, cdup.replace(/\n$/, ''));
  const repository: Repository = {
    ...options,
    // Pinned: `core.worktree` may point into another repository, and git would find that one there.
    env: {
      ...(options.env ?? process.env),
      GIT_DIR: gitDir,
      GIT_WORK_TREE: workTree,
    },
    dir: workTree ?? gitDir,
    gitDir,
    commonDir: commonDir === '' ? gitDir : commonDir,
    ...(workTree !== undefined && { workTree }),
    bare: bare === 'true',
    objectFormat: format,
    zeroOid: '0'.repeat(format === 'sha1' ? 40 : 64) as Oid,
    shallow: shallow === 'true',
    partial: isPartial(config),
  };
  keepConfig(repository, config);
  return repository;
}
