import { CordonError } from '../error.ts';
import type { CopyIndex } from '../detect/copies/types.ts';
import { repositoryId } from '../git/index.ts';
import {
  addSecret,
  type FileStamp,
  folderOf,
  type Generation,
  type IndexSecrets,
  indexIdOf,
  makeIndexFolder,
  makeSecrets,
  type Manifest,
  nextCounter,
  publicKeyOf,
  readGeneration,
  type RegisteredFile,
  sourceId,
  sweepFolder,
  writeGeneration,
} from '../detect/copies/store/index.ts';
import { idPathOf } from './registered-file.ts';
import { registerFiles, treeOf } from './register-files.ts';
import type { Unread } from './registration.ts';
import { keepState, stateOf } from './register-state.ts';
import { type PublicOverlap, resumeText, startText, type TextTables } from './register-text.ts';
import type { Session } from './session.ts';

export interface RegisterOptions {
  /** The user's folder of Cordon. */
  readonly dataFolder: string;
  readonly tables: TextTables;
  /** Only these files and folders are looked at again, and they are registered whatever their label. */
  readonly paths?: readonly string[];
  /** Whether marked files that git ignores are looked for: a walk through all of `node_modules`. Default true. */
  readonly ignored?: boolean;
  /** Make everything anew, even where nothing seems to have changed. */
  readonly anew?: boolean;
}

export interface RegisterOutcome {
  readonly folder: string;
  readonly repository: string;
  /** Whether the key was made by this call: the first registration. */
  readonly keyMade: boolean;
  /** Why an earlier index was not gone on from: `version`, `damaged`, `key`, `asked`. */
  readonly anew?: 'version' | 'damaged' | 'key' | 'asked';
  readonly files: number;
  readonly textFiles: number;
  /** Bytes of the registered files, and of the index. */
  readonly sourceBytes: number;
  readonly indexBytes: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  /** What could not be read, each with why. Their earlier versions stay registered. */
  readonly unread: readonly Unread[];
  /** Of what was read in this call: stretches that installed code has too. */
  readonly overlaps: readonly PublicOverlap[];
  /** False where the time was up: what is registered counts, the rest comes at the next call. */
  readonly complete: boolean;
  /** False where nothing had changed. */
  readonly wrote: boolean;
  readonly manifest: Manifest;
}

/**
 * Registers the repository's classified files, from the work tree, HEAD and home's default branch: in a
 * bare repository from HEAD alone. What did not change since the last call is not read again. Throws
 * `io.disk-full`, `io.unwritable`, and what is wrong with a policy; the index is then as it was.
 */
export async function registerRepository(
  session: Session,
  options: RegisterOptions,
): Promise<RegisterOutcome> {
  const repository = repositoryId(session.repo);
  const folder = folderOf(options.dataFolder, repository);
  makeIndexFolder(folder);
  const { secrets, made } = makeSecrets(folder);
  const place = { repository, folder, secrets, made };
  const before = readBefore(folder, options, secrets.secrets[0]);
  try {
    return await register(session, options, place, before);
  } catch (error) {
    // A text index that opens and cannot be read: made anew, like one that does not open.
    const isUnread = error instanceof CordonError && error.code === 'copies.bad-file';
    if (!isUnread || before.generation === undefined) throw error;
    const forgotten = before.generation.manifest.files;
    return register(session, options, place, { anew: 'damaged', forgotten });
  }
}

interface Before {
  readonly generation?: Generation;
  readonly anew?: NonNullable<RegisterOutcome['anew']>;
  readonly forgotten?: readonly RegisteredFile[];
}

async function register(
  session: Session,
  options: RegisterOptions,
  {
    repository,
    folder,
    secrets,
    made,
  }: {
    readonly repository: string;
    readonly folder: string;
    readonly secrets: IndexSecrets;
    readonly made: boolean;
  },
  before: Before,
): Promise<RegisterOutcome> {
  const secret = secrets.secrets[0];
  // Asked before anything is read: what changes meanwhile must look changed the next time.
  const state = stateOf(session, options.tables.version, secret);
  const previous = before.generation?.manifest;
  const text =
    before.generation === undefined
      ? startText(options.tables)
      : resumeText(options.tables, before.generation.text);

  const found = await registerFiles(session, {
    previous: previous?.files ?? [],
    forgotten: before.forgotten ?? [],
    text,
    idOf: (path, version) => sourceId(secret, path, version),
    ignored: options.ignored ?? true,
    ...(options.paths !== undefined && { paths: options.paths }),
  });
  const counts = compare(previous?.files ?? [], found.files);
  const isSame =
    previous !== undefined &&
    counts.added + counts.changed + counts.removed + counts.moved === 0 &&
    previous.complete === found.complete;

  let manifest = previous;
  let indexBytes = before.generation?.text.length ?? 0;
  if (manifest === undefined || !isSame) {
    const now = session.now().getTime();
    manifest = {
      counter: nextCounter(folder, now),
      made: now,
      repository,
      index: indexIdOf(publicKeyOf(secrets.signing)),
      textVersion: options.tables.version,
      names: true,
      complete: found.complete,
      files: found.files,
    };
    const encoded = await text.finish();
    indexBytes = writeGeneration(folder, secret, { manifest, text: encoded }).bytes;
    sweepFolder(folder, now);
  }
  // Not where something is left to do: the next look must find it.
  keepState(folder, treeOf(session.repo), found.complete && found.unread.length === 0 ? state : '');
  return {
    folder,
    repository,
    keyMade: made,
    ...(before.anew !== undefined && { anew: before.anew }),
    files: found.files.length,
    textFiles: found.files.filter((file) => file.text).length,
    sourceBytes: found.files.reduce((sum, { size }) => sum + size, 0),
    indexBytes,
    added: counts.added,
    changed: counts.changed,
    removed: counts.removed,
    unchanged: counts.unchanged,
    unread: found.unread,
    overlaps: found.overlaps,
    complete: found.complete,
    wrote: !isSame,
    manifest,
  };
}

/**
 * Makes a new secret and the index anew under it. Source ids change with it; exports made before stay
 * readable to those who have them and their key. Those who imported take the next export as the same
 * index.
 */
export async function rotateKey(
  session: Session,
  options: RegisterOptions,
): Promise<RegisterOutcome> {
  const folder = folderOf(options.dataFolder, repositoryId(session.repo));
  makeIndexFolder(folder);
  addSecret(folder);
  return registerRepository(session, options);
}

/** What of an earlier registration can be gone on from, or why nothing can. */
function readBefore(folder: string, options: RegisterOptions, secret: Buffer): Before {
  let generation: Generation | undefined;
  try {
    generation = readGeneration(folder);
  } catch (error) {
    if (!(error instanceof CordonError)) throw error;
    // Torn, changed, of another format or under a lost key: made anew, never trusted.
    const isKey = error.code === 'copies.wrong-key' || error.code === 'copies.no-key';
    return { anew: isKey ? 'key' : 'damaged' };
  }
  if (generation === undefined) return {};
  const { textVersion, files } = generation.manifest;
  if (options.anew === true) return { anew: 'asked', forgotten: files };
  if (textVersion !== options.tables.version) return { anew: 'version', forgotten: files };
  const [first] = files;
  // Written under the secret before a rotation: its ids are of that one.
  if (first !== undefined && sourceId(secret, idPathOf(first), first.version) !== first.id) {
    return { anew: 'key', forgotten: files };
  }
  return { generation };
}

function compare(before: readonly RegisteredFile[], after: readonly RegisteredFile[]) {
  const known = new Map(before.map((file) => [file.id, file]));
  const counts = { added: 0, changed: 0, removed: 0, unchanged: 0, moved: 0 };
  for (const file of after) {
    const was = known.get(file.id);
    known.delete(file.id);
    if (was === undefined) counts.added += 1;
    else if (was.sha256 !== file.sha256 || was.label !== file.label) counts.changed += 1;
    else {
      counts.unchanged += 1;
      // Written again with the same content, or committed: the manifest has to know.
      if (!isAlike(was, file)) counts.moved += 1;
    }
  }
  counts.removed = known.size;
  return counts;
}

function isAlike(a: RegisteredFile, b: RegisteredFile): boolean {
  const stamp = (one: FileStamp | undefined) =>
    one === undefined ? '' : `${one.size} ${one.mtimeMs} ${one.ctimeMs} ${one.ino}`;
  return (
    stamp(a.stamp) === stamp(b.stamp) &&
    a.blobs.join() === b.blobs.join() &&
    a.text === b.text &&
    a.common === b.common &&
    a.lfs === b.lfs &&
    a.named === b.named
  );
}

/** The registered file that an id names, for its owner. Undefined for an id of before a rotation. */
export function nameOfSource(manifest: Manifest, id: string): RegisteredFile | undefined {
  return manifest.files.find((file) => file.id === id);
}

/** An index as it is asked: with the names and labels of its manifest, which its bytes do not hold. */
export function nameSources(index: CopyIndex, { files }: Manifest): CopyIndex {
  const known = new Map(files.map((file) => [file.id, file]));
  return {
    ...index,
    files: index.files.map((file) => {
      const { path, label } = known.get(file.id) ?? file;
      return { id: file.id, path, label };
    }),
  };
}
