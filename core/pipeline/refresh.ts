import { repositoryId } from '../git/index.ts';
import { currentOf, folderOf, type Manifest, readManifest } from '../detect/copies/store/index.ts';
import { readSecrets } from '../detect/copies/store/secret.ts';
import { CordonError } from '../error.ts';
import { isSame, stampOf } from './hash-content.ts';
import { registerRepository, type RegisterOptions, type RegisterOutcome } from './register.ts';
import { treeOf } from './register-files.ts';
import { keptState, stateOf } from './register-state.ts';
import { placeOf } from './register-work-tree.ts';
import { nameOf } from './registered-file.ts';
import type { Session } from './session.ts';

export type Refreshed =
  | { readonly state: 'unregistered' | 'fresh' }
  | { readonly state: 'refreshed'; readonly outcome: RegisterOutcome };

/**
 * Brings an index up to date where something changed since it was made: a few milliseconds where nothing
 * did, git not started. Makes none where the repository was never registered. New files that neither
 * git tracks nor an earlier registration knows wait for the next one. Throws as `registerRepository`.
 */
export async function refreshIfStale(
  session: Session,
  options: Omit<RegisterOptions, 'paths' | 'anew'>,
): Promise<Refreshed> {
  const folder = folderOf(options.dataFolder, repositoryId(session.repo));
  const isFresh = checkFresh(session, folder, options.tables.version);
  if (isFresh === undefined) return { state: 'unregistered' };
  if (isFresh) return { state: 'fresh' };
  const outcome = await registerRepository(session, { ignored: false, ...options });
  return { state: 'refreshed', outcome };
}

/** Undefined where nothing was ever registered. An index that cannot be read is not fresh. */
function checkFresh(session: Session, folder: string, textVersion: string): boolean | undefined {
  try {
    if (currentOf(folder) === undefined) return undefined;
    const [secret] = readSecrets(folder)?.secrets ?? [];
    if (
      secret === undefined ||
      keptState(folder, treeOf(session.repo)) !== stateOf(session, textVersion, secret)
    ) {
      return false;
    }
    const manifest = readManifest(folder);
    return manifest !== undefined && areFresh(session, manifest);
  } catch (error) {
    if (error instanceof CordonError && error.code.startsWith('copies.')) return false;
    throw error;
  }
}

function areFresh({ repo }: Session, { files, complete }: Manifest): boolean {
  const tree = treeOf(repo);
  return (
    complete &&
    files.every((file) => {
      if (file.stamp === undefined || file.tree !== tree) return true;
      const stamp = stampOf(placeOf(repo, nameOf(file)));
      return stamp !== undefined && isSame(stamp, file.stamp);
    })
  );
}
