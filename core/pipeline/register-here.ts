import { findInstalledCode, type Installed } from '../detect/copies/background/installed.ts';
import {
  calibrate,
  type Calibration,
  type HeldBackFile,
} from '../detect/copies/background/calibrate.ts';
import {
  buildMachineBackground,
  heldBackFiles,
  type MachineBackground,
} from '../detect/copies/background/machine.ts';
import { readPackageFile } from '../detect/copies/background/package-files.ts';
import { decodeIndex } from '../detect/copies/indexing/encode-index.ts';
import type { CopyIndex, Thresholds } from '../detect/copies/types.ts';
import {
  exportIndex,
  importIndex,
  type Imported,
  readGeneration,
  type UnwrapWith,
  type WrapFor,
} from '../detect/copies/store/index.ts';
import { CordonError } from '../error.ts';
import type { Label } from '../model.ts';
import { repositoryId } from '../git/index.ts';
import { type AcceptedOverlap, acceptedIn } from './accepted-overlaps.ts';
import { copyTables, keepBackground, readFilter, readNote } from './copy-tables.ts';
import { userFolder } from './data-folder.ts';
import { choosePoliciesAtRest } from './policies-at-rest.ts';
import { registerRepository, type RegisterOutcome, rotateKey } from './register.ts';
import type { TextTables } from './register-text.ts';
import type { Session } from './session.ts';

export interface RegisteredHere {
  readonly outcome: RegisterOutcome;
  readonly thresholds: Thresholds;
  /** Public code found on this machine that was taken off. */
  readonly background: {
    readonly packages: number;
    readonly bytes: number;
    readonly notTaken: readonly string[];
  };
  /** Set where the index was made anew, and by what it was calibrated. */
  readonly calibration?: Omit<Calibration, 'overlaps'>;
}

export interface RegisterHereOptions {
  readonly paths: readonly string[];
  readonly rotate: boolean;
  /** Folders of public code; undefined: those of the last time. */
  readonly folders?: readonly string[];
  /** Whether code that is installed on this machine counts as public. */
  readonly installed: boolean;
}

/** How long installed code may be read, the first time; what is not read then is told. */
const BACKGROUND_MS = 120_000;

/** The user's folder, which registering needs. Throws CordonError `install.no-home`. */
function folderFor(env: Session['env']): string {
  const folder = userFolder(env);
  if (folder === undefined) throw new CordonError('install.no-home', {});
  return folder;
}

/** Registers the repository's classified files for this user. Throws as `registerRepository`. */
export async function registerHere(
  session: Session,
  options: RegisterHereOptions,
): Promise<RegisteredHere> {
  const dataFolder = folderFor(session.env);
  const repository = repositoryId(session.repo);
  // 1. The public code of this machine, read again only where a package came, went or changed.
  const { policies } = await choosePoliciesAtRest(session);
  const installed = findCode(session, dataFolder, repository, options);
  const found = { ...installed, accepted: acceptedIn(policies) };
  const machine = await prepareBackground(session, dataFolder, repository, found);
  // 2. The files. Where the index is made anew, its thresholds are set by code it was not made with.
  let calibration: Calibration | undefined;
  const kept = copyTables(dataFolder, repository);
  const tables = withOwn(kept, {
    calibrate(index: CopyIndex): Thresholds {
      const files = machine === undefined ? [] : heldBackFiles(found.packages, machine);
      calibration = calibrate(index, heldBack(session, files), {
        words: kept.words,
        deadline: session.deadline,
      });
      return calibration.thresholds;
    },
  });
  const given = {
    dataFolder,
    tables,
    ...(options.paths.length > 0 && { paths: options.paths }),
  };
  const outcome = options.rotate
    ? await rotateKey(session, given)
    : await registerRepository(session, given);
  const generation = readGeneration(outcome.folder);
  if (generation === undefined) throw new CordonError('copies.bad-file', { path: outcome.folder });
  const { thresholds } = decodeIndex(generation.text);
  // 3. For whoever makes it anew without looking for packages: a hook that finds it torn.
  if (calibration !== undefined) {
    keepBackground(dataFolder, repository, { ...noteOf(found), thresholds });
  }
  const taken = machine?.taken ?? [];
  return {
    outcome,
    thresholds,
    background: {
      packages: taken.length,
      bytes: taken.reduce((sum, { bytes }) => sum + bytes, 0),
      notTaken: machine?.notTaken ?? [],
    },
    ...(calibration !== undefined && { calibration }),
  };
}

/** A spread would ask the getters, and read tables that may not be needed. */
const withOwn = (tables: TextTables, own: Pick<TextTables, 'calibrate'>): TextTables =>
  Object.assign(Object.create(tables) as TextTables, own);

/** Files to calibrate by, told as they are tried. */
function* heldBack(
  { onProgress }: Session,
  files: readonly { readonly name: string; readonly path: string }[],
): Generator<HeldBackFile> {
  for (const [objects, { name, path }] of files.entries()) {
    onProgress({ objects, bytes: 0, of: files.length, phase: 'trying' });
    yield { name, read: () => readPackageFile(path) };
  }
}

interface Found extends Installed {
  readonly folders: readonly string[];
}

interface FoundHere extends Found {
  readonly accepted: readonly AcceptedOverlap[];
}

const noteOf = ({ key, folders, accepted }: FoundHere) => ({ key, folders, accepted });

function findCode(
  session: Session,
  dataFolder: string,
  repository: string,
  options: RegisterHereOptions,
): Found {
  const folders = options.folders ?? readNote(dataFolder, repository)?.folders ?? [];
  if (!options.installed && folders.length === 0) {
    return { packages: [], leftOut: [], key: 'none', folders };
  }
  const { workTree, dir } = session.repo;
  const found = findInstalledCode({
    repository: workTree ?? dir,
    env: session.env,
    folders,
    machine: options.installed,
  });
  return { ...found, folders };
}

async function prepareBackground(
  session: Session,
  dataFolder: string,
  repository: string,
  found: FoundHere,
): Promise<MachineBackground | undefined> {
  const { packages, key, accepted } = found;
  const note = readNote(dataFolder, repository);
  const kept = packages.length === 0 ? undefined : readFilter(dataFolder, key);
  if (packages.length > 0 && kept === undefined) {
    const filter = await buildMachineBackground({
      packages,
      key,
      deadline: Math.min(session.deadline, performance.now() + BACKGROUND_MS),
      onProgress: ({ packages: objects, bytes, of }) =>
        session.onProgress({ objects, bytes, of, phase: 'packages' }),
    });
    keepBackground(dataFolder, repository, noteOf(found), filter);
  } else if (
    note?.key !== key ||
    JSON.stringify(note.accepted ?? []) !== JSON.stringify(accepted)
  ) {
    keepBackground(dataFolder, repository, noteOf(found));
  }
  return kept ?? (packages.length === 0 ? undefined : readFilter(dataFolder, key));
}

/** The repository's index as one sealed file. Throws `copies.bad-file` where nothing is registered. */
export async function exportHere(
  session: Session,
  options: { readonly wraps: readonly WrapFor[]; readonly names: boolean },
): Promise<{ readonly bytes: Buffer; readonly files: number; readonly labels: readonly Label[] }> {
  const dataFolder = folderFor(session.env);
  const repository = repositoryId(session.repo);
  const { bytes, manifest } = await exportIndex({ dataFolder, repository, ...options });
  const labels = manifest.files.map(({ label }) => label);
  return { bytes, files: manifest.files.length, labels };
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
