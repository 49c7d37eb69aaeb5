import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { CordonError } from '../error.ts';
import { atExit } from './at-exit.ts';
import type { Environment } from './git-environment.ts';
import type { Repository } from './repository.ts';
import type { GitContext } from './spawn.ts';

/** A temporary folder of our own (0700), removed by `dispose` and when the process ends. */
export interface PrivateFolder {
  readonly dir: string;
  dispose(): void;
}

/** Makes a folder nobody else can read. Throws `source.spool-full`, `source.unreadable`. */
export function makePrivateFolder(): PrivateFolder {
  let dir: string;
  try {
    dir = mkdtempSync(join(tmpdir(), 'cordon-'));
  } catch (error) {
    throw asSpoolError(error);
  }
  const remove = (): void => rmSync(dir, { recursive: true, force: true, maxRetries: 2 });
  const forget = atExit(remove);
  return {
    dir,
    dispose() {
      forget();
      remove();
    },
  };
}

/** A full disk is `source.spool-full`; anything else that the file system refuses is unreadable. */
export function asSpoolError(error: unknown): CordonError {
  if (error instanceof CordonError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const full = code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG';
  return new CordonError(full ? 'source.spool-full' : 'source.unreadable', { code }, error);
}

/** Names through which an inherited repository would be found instead of ours. */
export const withoutRepository: Environment = {
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_COMMON_DIR: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_PREFIX: undefined,
  GIT_CONFIG: undefined,
};

/** The folder that holds the repository's own objects, the quarantine's where there is one. */
export function objectFolder(repo: Repository): string {
  const inherited = (repo.env ?? process.env)['GIT_OBJECT_DIRECTORY'];
  return inherited === undefined || inherited === ''
    ? join(repo.commonDir, 'objects')
    : resolve(repo.dir, inherited);
}

/** Lays out the least that git takes for a bare repository, without a process. */
export function layOutBareRepository(folder: string, repo: Repository): void {
  try {
    mkdirSync(join(folder, 'objects', 'info'), { recursive: true });
    mkdirSync(join(folder, 'refs'));
    writeFileSync(join(folder, 'HEAD'), 'ref: refs/heads/none\n');
    writeFileSync(
      join(folder, 'config'),
      `[core]\n\tbare = true\n\trepositoryformatversion = 1\n[extensions]\n\tobjectformat = ${repo.objectFormat}\n`,
    );
  } catch (error) {
    throw asSpoolError(error);
  }
}

/**
 * Calls `read` with a context in which objects are read by cat-file. In a partial clone, cat-file
 * dies at the first object that is only promised (GIT_NO_LAZY_FETCH) and would fetch it otherwise;
 * a private repository that borrows the clone's objects has no promisor and says `missing`.
 */
export async function* inReadingRoom<T>(
  repo: Repository,
  read: (context: GitContext) => AsyncGenerator<T, void, undefined>,
): AsyncGenerator<T, void, undefined> {
  if (!repo.partial) {
    yield* read(repo);
    return;
  }
  const room = makePrivateFolder();
  try {
    layOutBareRepository(room.dir, repo);
    yield* read({
      dir: repo.dir,
      signal: repo.signal,
      env: {
        ...(repo.env ?? process.env),
        ...withoutRepository,
        GIT_DIR: room.dir,
        GIT_OBJECT_DIRECTORY: objectFolder(repo),
      },
    });
  } finally {
    room.dispose();
  }
}
