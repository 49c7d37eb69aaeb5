import { existsSync } from 'node:fs';
import { basename, join, relative, resolve, sep } from 'node:path';
import type { FileVersion, RegisteredFile } from '../detect/copies/store/index.ts';
import type { Repository } from '../git/index.ts';
import { toPathName } from '../git/path-name.ts';
import type { PathName } from '../model.ts';
import { createClassifier } from './classified-files.ts';
import { registerCommits } from './register-commits.ts';
import type { PublicOverlap, TextBuild } from './register-text.ts';
import { registerWorkTree } from './register-work-tree.ts';
import { idPathOf, nameOf } from './registered-file.ts';
import type { Registration, Unread } from './registration.ts';
import { choosePoliciesAtRest } from './policies-at-rest.ts';
import type { Session } from './session.ts';
import { walkFiles } from './walk-files.ts';

export interface FilesToRegister {
  readonly previous: readonly RegisteredFile[];
  /** Files of an index that cannot be gone on from: what a person named stays named. */
  readonly forgotten: readonly RegisteredFile[];
  readonly text: TextBuild;
  idOf(path: string, version: FileVersion): string;
  readonly ignored: boolean;
  readonly paths?: readonly string[];
}

/** Registers what is classified; where the time is up, what was registered before stays. */
export async function registerFiles(
  session: Session,
  wanted: FilesToRegister,
): Promise<{
  readonly files: readonly RegisteredFile[];
  readonly unread: readonly Unread[];
  readonly overlaps: readonly PublicOverlap[];
  readonly complete: boolean;
}> {
  const { policies } = await choosePoliciesAtRest(session);
  const tree = treeOf(session.repo);
  const idOf = (path: PathName, version: FileVersion) =>
    wanted.idOf(
      idPathOf({
        path: path.text,
        ...(path.bytes !== undefined && { pathBytes: path.bytes }),
        tree: version === 'home' ? '' : tree,
      }),
      version,
    );
  const paths = wanted.paths;
  const named = paths && (await nameFiles(session, paths, idOf));
  const registration: Registration = {
    session,
    tree,
    classifier: createClassifier(policies),
    text: wanted.text,
    previous: new Map(wanted.previous.map((file) => [file.id, file])),
    files: new Map(),
    unread: [],
    overlaps: [],
    idOf,
    named,
    remembered: new Map(
      wanted.forgotten
        .filter((file) => file.named && file.version === 'work' && file.tree === tree)
        .map((file) => [idOf(nameOf(file), 'work'), nameOf(file)]),
    ),
    isAsked: askedOf(session, paths),
    complete: true,
    bytes: 0,
  };
  for (const file of wanted.previous) {
    const isOther = file.tree !== tree && file.version !== 'home';
    const stays = isOther ? hasTree(session.repo, file.tree) : !registration.isAsked(file.path);
    if (stays) registration.files.set(file.id, file);
  }
  await registerWorkTree(registration, wanted.ignored);
  await registerCommits(registration);
  for (const id of registration.previous.keys()) {
    if (!registration.files.has(id)) wanted.text.remove(id);
  }
  const files = [...registration.files.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const { unread, overlaps, complete } = registration;
  return { files, unread, overlaps, complete };
}

/** git's name for a linked work tree; empty for the main one. */
export const treeOf = ({ gitDir, commonDir }: Repository): string =>
  resolve(gitDir) === resolve(commonDir) ? '' : basename(gitDir);

/** What another work tree holds stays registered while that tree is there. */
const hasTree = ({ commonDir }: Repository, tree: string): boolean =>
  tree === '' || existsSync(join(commonDir, 'worktrees', tree));

async function nameFiles(
  session: Session,
  paths: readonly string[],
  idOf: Registration['idOf'],
): Promise<Map<string, PathName>> {
  const named = new Map<string, PathName>();
  for await (const { path } of walkFiles(session.repo, paths)) {
    const name = nameIn(session, path);
    named.set(idOf(name, 'work'), name);
  }
  return named;
}

/** As git names it, or absolute where it lies outside of the work tree. */
function nameIn({ repo }: Session, path: Buffer): PathName {
  const top = Buffer.from(`${repo.workTree ?? repo.dir}/`);
  const isUnder = path.subarray(0, top.length).equals(top);
  return toPathName(isUnder ? path.subarray(top.length) : path);
}

function askedOf({ repo }: Session, paths: readonly string[] | undefined) {
  if (paths === undefined) return () => true;
  const top = repo.workTree ?? repo.dir;
  const places = paths.map((path) => {
    const absolute = resolve(path);
    const way = relative(top, absolute);
    const isUnder = way !== '..' && !way.startsWith(`..${sep}`);
    return isUnder ? way.split(sep).join('/') : absolute;
  });
  return (path: string) =>
    places.some((place) => place === '' || path === place || path.startsWith(`${place}/`));
}
