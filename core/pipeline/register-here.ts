import { decodeIndex } from '../detect/copies/encode-index.ts';
import type { Thresholds } from '../detect/copies/types.ts';
import {
  exportIndex,
  importIndex,
  type Imported,
  readGeneration,
  type UnwrapWith,
  type WrapFor,
} from '../detect/copies/store/index.ts';
import { CordonError } from '../error.ts';
import { repositoryId } from '../git/index.ts';
import { copyTables } from './copy-tables.ts';
import { userFolder } from './data-folder.ts';
import { registerRepository, type RegisterOutcome, rotateKey } from './register.ts';
import type { Session } from './session.ts';

export interface RegisteredHere {
  readonly outcome: RegisterOutcome;
  readonly thresholds: Thresholds;
}

/** The user's folder, which registering needs. Throws CordonError `install.no-home`. */
function folderFor(env: Session['env']): string {
  const folder = userFolder(env);
  if (folder === undefined) throw new CordonError('install.no-home', {});
  return folder;
}

/** Registers the repository's classified files for this user. Throws as `registerRepository`. */
export async function registerHere(
  session: Session,
  options: { readonly paths: readonly string[]; readonly rotate: boolean },
): Promise<RegisteredHere> {
  const dataFolder = folderFor(session.env);
  const given = {
    dataFolder,
    tables: copyTables(),
    ...(options.paths.length > 0 && { paths: options.paths }),
  };
  const outcome = options.rotate
    ? await rotateKey(session, given)
    : await registerRepository(session, given);
  const generation = readGeneration(outcome.folder);
  if (generation === undefined) throw new CordonError('copies.bad-file', { path: outcome.folder });
  return { outcome, thresholds: decodeIndex(generation.text).thresholds };
}

/** The repository's index as one sealed file. Throws `copies.bad-file` where nothing is registered. */
export async function exportHere(
  session: Session,
  options: { readonly wraps: readonly WrapFor[]; readonly names: boolean },
): Promise<{ readonly bytes: Buffer; readonly files: number }> {
  const dataFolder = folderFor(session.env);
  const repository = repositoryId(session.repo);
  const { bytes, manifest } = await exportIndex({ dataFolder, repository, ...options });
  return { bytes, files: manifest.files.length };
}

/** Takes an export in for this user, in a repository or not. Throws as `importIndex`. */
export function importHere(
  env: Session['env'],
  options: {
    readonly file: string;
    readonly with: UnwrapWith | undefined;
    readonly force: boolean;
  },
): Promise<Imported> {
  return importIndex({ dataFolder: folderFor(env), now: Date.now(), ...options });
}
