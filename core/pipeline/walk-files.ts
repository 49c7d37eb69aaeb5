import { accessSync, constants, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { CordonError } from '../error.ts';
import { runGit, type Repository } from '../git/index.ts';
import { errnoOf } from '../source/file-source.ts';

/** A file that lies on disk, or a folder that could not be listed. Names are bytes: not all are UTF-8. */
export interface WalkedFile {
  readonly path: Buffer;
  /** Why nothing under this path could be looked at, as an errno. */
  readonly problem?: string;
}

/**
 * The files under `paths`: in a repository what git would take, elsewhere everything but git's own
 * folders. Links are named, never followed. Throws CordonError `source.unreadable` for a path that
 * is not there.
 */
export async function* walkFiles(
  repo: Repository | undefined,
  paths: readonly string[],
): AsyncGenerator<WalkedFile> {
  for (const given of paths) {
    const path = resolve(given);
    const name = Buffer.from(path);
    if (!statOrThrow(path).isDirectory()) yield { path: name };
    else if (repo !== undefined && (await wouldList(repo, path))) yield* walkTracked(repo, path);
    else yield* walkFolder(name);
  }
}

/**
 * Whether git lists what a folder holds. It lists nothing of one outside of its work tree, inside of its
 * own folder, or that it ignores, without a word: a person who names such a folder would be told that
 * it is clean.
 */
async function wouldList(repo: Repository, path: string): Promise<boolean> {
  const { workTree, gitDir, commonDir } = repo;
  if (workTree === undefined) return false;
  const real = realpathSync(path);
  const wayFrom = (top: string) => relative(top, real);
  const isUnder = (top: string) => {
    const way = wayFrom(top);
    return way === '' || (way !== '..' && !way.startsWith(`..${sep}`));
  };
  if (!isUnder(workTree) || isUnder(gitDir) || isUnder(commonDir)) return false;
  const below = wayFrom(workTree);
  if (below === '') return true;
  const ignored = await runGit(repo, ['check-ignore', '-z', '--stdin'], {
    input: `./${below}\0`,
    okCodes: [0, 1],
    // `check-ignore` refuses to run under it. The `./` keeps a name from being read as magic.
    env: { GIT_LITERAL_PATHSPECS: undefined },
  });
  return ignored.length === 0;
}

function statOrThrow(path: string) {
  try {
    return lstatSync(path);
  } catch (error) {
    throw new CordonError('source.unreadable', { path, reason: errnoOf(error) }, error);
  }
}

async function* walkTracked(repo: Repository, folder: string): AsyncGenerator<WalkedFile> {
  const top = Buffer.from(`${folder}/`);
  try {
    accessSync(folder, constants.R_OK | constants.X_OK);
  } catch (error) {
    yield { path: Buffer.from(folder), problem: errnoOf(error) };
    return;
  }
  let complaints = '';
  const listed = await runGit(
    { ...repo, dir: folder },
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'],
    { onStderr: (chunk) => (complaints += chunk.toString('latin1')) },
  );
  for (const name of splitNul(listed)) {
    const path = Buffer.concat([top, name]);
    // Deleted in the work tree, or a submodule's folder: not content that lies here.
    const stat = statQuietly(path);
    if (stat !== undefined && !stat.isDirectory()) yield { path };
  }
  // git passes over a folder that it may not open, with a warning and a clean exit.
  for (const [, name] of complaints.matchAll(/^warning: could not open directory '(.*)'/gm)) {
    yield { path: Buffer.concat([top, Buffer.from(name ?? '', 'latin1')]), problem: 'EACCES' };
  }
}

function statQuietly(path: Buffer) {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A folder on the way has become a file: what git's index names is not there.
    if (errnoOf(error) === 'ENOTDIR') return undefined;
    // There, and closed to this user: opening it says so.
    if (errnoOf(error) === 'EACCES') return { isDirectory: () => false };
    throw error;
  }
}

function* splitNul(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0, at);
    if (end === -1) return;
    yield bytes.subarray(at, end);
    at = end + 1;
  }
}

const GIT_FOLDER = Buffer.from('.git');

function* walkFolder(folder: Buffer): Generator<WalkedFile> {
  let entries;
  try {
    entries = readdirSync(folder, { withFileTypes: true, encoding: 'buffer' });
  } catch (error) {
    yield { path: folder, problem: errnoOf(error) };
    return;
  }
  for (const entry of entries.sort((a, b) => Buffer.compare(a.name, b.name))) {
    const path = Buffer.concat([folder, Buffer.from('/'), entry.name]);
    if (!entry.isDirectory()) yield { path };
    else if (!entry.name.equals(GIT_FOLDER)) yield* walkFolder(path);
  }
}
