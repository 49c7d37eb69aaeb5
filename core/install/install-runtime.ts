import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { CordonError } from '../error.ts';
import { removeIfEmpty } from './runtime-users.ts';
import { asWriteError, systemCode } from './write-errors.ts';

export interface RuntimeSource {
  /** Folder of the running build: holds `cordon.mjs` and, where the build is split, `chunks/`. */
  readonly from: string;
  /** Further files to take along, relative to `from`. */
  readonly files?: readonly string[];
  readonly version: string;
}

export interface Runtime {
  /** `<version>-<first 16 digits of the content's SHA-256>`. */
  readonly id: string;
  readonly directory: string;
  /** False where the same build already stood there. */
  readonly created: boolean;
}

interface Part {
  readonly path: string;
  readonly bytes: Buffer;
}

function listFiles(root: string, folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** One hash of names and contents, lengths first so that no two sets of files read alike. */
function hashParts(parts: readonly Part[]): string {
  const hash = createHash('sha256');
  for (const { path, bytes } of parts) {
    hash.update(`${Buffer.byteLength(path)} ${bytes.length} ${path}\n`).update(bytes);
  }
  return hash.digest('hex').slice(0, 16);
}

function readParts(root: string, paths: readonly string[]): Part[] {
  return [...new Set(paths)]
    .sort()
    .map((path) => ({ path, bytes: readFileSync(join(root, path)) }));
}

/** The content hash of an installed runtime as it stands now; `undefined` where it is not there. */
function hashInstalledRuntime(directory: string): string | undefined {
  const paths = listFiles(directory, '.');
  return paths.length === 0 ? undefined : hashParts(readParts(directory, paths));
}

/** Whether the runtime in `directory`, named `<version>-<hash>`, still holds what its name says. */
export function isRuntimeWhole(directory: string): boolean {
  const hash = hashInstalledRuntime(directory);
  return hash !== undefined && directory.endsWith(`-${hash}`);
}

/** Written through to the disk: a power cut must not leave an empty program, which would exit 0. */
function writePart(path: string, bytes: Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, 'wx', 0o644);
  try {
    let done = 0;
    while (done < bytes.length) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  chmodSync(path, 0o644);
}

/** Readable for others whatever the umask: on a server the git user is not who installs. */
function openFolders(root: string): void {
  chmodSync(root, 0o755);
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (entry.isDirectory()) chmodSync(join(entry.parentPath, entry.name), 0o755);
  }
}

/**
 * Copies the running build to `<store>/runtime/<id>`, complete or not at all: into a folder beside
 * it first, read back and compared, then renamed. A runtime of that name that was altered is
 * replaced; others stay.
 *
 * @param store The folder of Cordon in the user's data folder, or in a bare repository.
 * @param onStep Called before each file; what it throws undoes everything.
 * @throws CordonError `install.read-only`, `io.disk-full`, `source.unreadable` (the build lacks its
 *   main program, or what was read back differs).
 */
export function installRuntime(
  source: RuntimeSource,
  store: string,
  onStep: (step: string) => void = () => undefined,
): Runtime {
  const paths = ['cordon.mjs', ...listFiles(source.from, 'chunks'), ...(source.files ?? [])];
  const parts = readBuild(source.from, paths);
  const hash = hashParts(parts);
  const id = `${source.version}-${hash}`;
  const shelf = join(store, 'runtime');
  const directory = join(shelf, id);
  if (hashInstalledRuntime(directory) === hash) return { id, directory, created: false };

  const fresh = join(shelf, `.new-${randomBytes(6).toString('hex')}`);
  const firstMade = makeShelf(store, shelf);
  try {
    for (const { path, bytes } of parts) {
      onStep(`copy ${path}`);
      writePart(join(fresh, path), bytes);
    }
    openFolders(fresh);
    if (hashInstalledRuntime(fresh) !== hash) {
      throw new CordonError('source.unreadable', { path: fresh });
    }
    putInPlace(fresh, directory);
    return { id, directory, created: true };
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (firstMade !== undefined) removeEmptyUp(shelf, firstMade);
    throw asWriteError(error, directory);
  }
}

function readBuild(from: string, paths: readonly string[]): Part[] {
  try {
    const parts = readParts(from, paths);
    if (parts.some(({ path, bytes }) => path === 'cordon.mjs' && bytes.length === 0)) {
      throw new CordonError('source.unreadable', { path: join(from, 'cordon.mjs') });
    }
    return parts;
  } catch (error) {
    if (error instanceof CordonError) throw error;
    throw new CordonError('source.unreadable', { path: from }, error);
  }
}

/** Open to read, like what is put there; folders above are the user's, and get the user's mode. */
function makeShelf(store: string, shelf: string): string | undefined {
  try {
    const own = [store, shelf].filter((path) => !existsSync(path));
    const firstMade = mkdirSync(shelf, { recursive: true });
    for (const path of own) chmodSync(path, 0o755);
    return firstMade;
  } catch (error) {
    throw asWriteError(error, shelf);
  }
}

/** Only what is empty: another program may have used a folder that we made. */
function removeEmptyUp(from: string, to: string): void {
  for (let folder = from; removeIfEmpty(folder) && folder !== to;) folder = dirname(folder);
}

function putInPlace(fresh: string, directory: string): void {
  const aside = `${fresh}.old`;
  try {
    renameSync(directory, aside);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
  renameSync(fresh, directory);
  rmSync(aside, { recursive: true, force: true });
}
