import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { shippedWords } from '../detect/copies/background/shipped.ts';
import { decodeIndex } from '../detect/copies/indexing/encode-index.ts';
import { copiesDetector } from '../detect/copies/index.ts';
import type { CopyIndex } from '../detect/copies/types.ts';
import {
  type Generation,
  openCatalogue,
  type UnreadableIndex,
} from '../detect/copies/store/index.ts';
import { indexesIn } from '../detect/copies/store/index-folder.ts';
import type { Detector } from '../detect/detector.ts';
import { CordonError } from '../error.ts';
import { repositoryId } from '../git/index.ts';
import { errnoOf } from '../source/file-source.ts';
import type { NotChecked } from '../model.ts';
import { copyTables } from './copy-tables.ts';
import { userFolder } from './data-folder.ts';
import { refreshIfStale } from './refresh.ts';
import { nameSources, registerRepository, type RegisterOptions } from './register.ts';
import type { Session } from './session.ts';

/** Everything that is registered on this machine, ready to be looked for. */
export interface CopiesHere {
  /** Undefined where no index could be read. */
  readonly detector?: Detector;
  /** Another one whenever anything was registered: part of the key under which facts are kept. */
  readonly key: string;
  /** Indexes that could not be read: copies of what they hold were not looked for. */
  readonly gaps: readonly NotChecked[];
  /** Their names. */
  readonly unreadable: readonly string[];
  /** Names of the others. */
  readonly names: readonly string[];
}

/** One function for the whole process: what it opened before is kept by it. */
const decode = ({ manifest, text }: Generation): CopyIndex =>
  nameSources(decodeIndex(text), manifest);

/** All indexes of this user; undefined, at the cost of one look at a folder, where there is none. */
export function openCopies(env: Session['env']): CopiesHere | undefined {
  const folder = userFolder(env);
  if (folder === undefined) return undefined;
  const set = openCatalogue(folder, decode);
  const gaps = set.unreadable.map((one) => gapOf(folder, one));
  const here = {
    key: set.key,
    gaps,
    unreadable: set.unreadable.map(({ name }) => name),
    names: set.members.map(({ name }) => name),
  };
  if (set.members.length === 0) return gaps.length === 0 ? undefined : here;
  return { ...here, detector: copiesDetector(set, shippedWords()) };
}

/**
 * The same, once this repository's own index is up to date, where it has one: what was written since
 * must be known, and a torn index is made anew.
 */
export async function openFreshCopies(session: Session): Promise<CopiesHere | undefined> {
  const dataFolder = userFolder(session.env);
  if (dataFolder === undefined || !hasIndexes(dataFolder)) return undefined;
  await refreshOwn(session, refreshIfStale);
  const here = openCopies(session.env);
  // What looks fresh by its first part may be torn further on.
  if (here?.unreadable.includes(repositoryId(session.repo)) !== true) return here;
  await refreshOwn(session, registerRepository);
  return openCopies(session.env);
}

/** Brings this repository's index up to date, where it has one. */
export async function followCode(session: Session): Promise<void> {
  const dataFolder = userFolder(session.env);
  if (dataFolder !== undefined && hasIndexes(dataFolder)) await refreshOwn(session, refreshIfStale);
}

async function refreshOwn(
  session: Session,
  bring: (session: Session, options: RegisterOptions) => Promise<unknown>,
): Promise<void> {
  const dataFolder = userFolder(session.env);
  if (dataFolder === undefined) return;
  try {
    await bring(session, {
      dataFolder,
      tables: copyTables(dataFolder, repositoryId(session.repo)),
      ignored: false,
    });
  } catch (error) {
    // A broken policy, a full disk, no time: the act tells the first, and is judged by the index as it is.
    if (!(error instanceof CordonError)) throw error;
  }
}

/** The one look that an act costs where nothing was registered. */
function hasIndexes(dataFolder: string): boolean {
  try {
    return readdirSync(indexesIn(dataFolder)).length > 0;
  } catch (error) {
    // Not readable: opening it tells.
    return errnoOf(error) !== 'ENOENT';
  }
}

function gapOf(folder: string, { name, code, reason }: UnreadableIndex): NotChecked {
  const how =
    reason === 'version' ? 'of another version of Cordon, to be registered again' : reason;
  const why = code === 'copies.bad-file' ? how || 'damaged' : 'its key is gone';
  return { what: `${join(indexesIn(folder), name)}: ${why}`, rule: 'index-unreadable' };
}
