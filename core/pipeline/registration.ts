import type { FileVersion, RegisteredFile } from '../detect/copies/store/index.ts';
import { CordonError } from '../error.ts';
import type { Label, PathName } from '../model.ts';
import { errnoOf } from '../source/file-source.ts';
import type { Classifier } from './classified-files.ts';
import type { PublicOverlap, TextBuild } from './register-text.ts';
import { nameOf } from './registered-file.ts';
import type { Session } from './session.ts';

/** A file that should be registered and could not be read. */
export interface Unread {
  readonly path: string;
  readonly version: FileVersion;
  /** An errno, or `changing`, `missing`, `mismatch`. */
  readonly reason: string;
}

/** What a registration has found so far. */
export interface Registration {
  readonly session: Session;
  /** git's name for the linked work tree that is looked at; empty for the main one. */
  readonly tree: string;
  readonly classifier: Classifier;
  readonly text: TextBuild;
  readonly previous: ReadonlyMap<string, RegisteredFile>;
  readonly files: Map<string, RegisteredFile>;
  readonly unread: Unread[];
  readonly overlaps: PublicOverlap[];
  readonly idOf: (path: PathName, version: FileVersion) => string;
  /** Files that a person named, by id of their work tree version; undefined: none were. */
  readonly named: ReadonlyMap<string, PathName> | undefined;
  /** Files that a person named before, by the same id: of an index that is made anew, all that is kept. */
  readonly remembered: ReadonlyMap<string, PathName>;
  /** Whether a path is looked at in this call. */
  readonly isAsked: (path: string) => boolean;
  complete: boolean;
  bytes: number;
}

export const isLate = ({ session }: Registration): boolean => performance.now() > session.deadline;

/** What stood there before stays registered: nothing is forgotten because it could not be read. */
export function keepBefore(registration: Registration, id: string): void {
  const before = registration.previous.get(id);
  if (before !== undefined && !registration.files.has(id)) registration.files.set(id, before);
}

/** Notes why a file was not read. Rethrows what is no such reason. */
export function noteUnread(
  registration: Registration,
  file: { readonly id: string; readonly path: PathName; readonly version: FileVersion },
  error: unknown,
): void {
  keepBefore(registration, file.id);
  // Gone from the work tree, and HEAD's cannot be read: the one that was there is all there is.
  if (file.version !== 'work') keepBefore(registration, registration.idOf(file.path, 'work'));
  if (error instanceof CordonError && error.code === 'time-up') {
    registration.complete = false;
    return;
  }
  if (!(error instanceof CordonError) && errnoOf(error) === 'unknown') throw error;
  if (error instanceof CordonError && !error.code.startsWith('source.')) throw error;
  const reason =
    error instanceof CordonError
      ? String(error.data['reason'] ?? error.data['why'] ?? error.code)
      : errnoOf(error);
  registration.unread.push({ path: file.path.text, version: file.version, reason });
}

export function addFile(registration: Registration, file: RegisteredFile): void {
  registration.files.set(file.id, file);
  registration.bytes += file.size;
  registration.session.onProgress({
    objects: registration.files.size,
    bytes: registration.bytes,
    phase: 'files',
  });
}

/** The label a file of this path is registered under, if any; weights are asked for apart. */
export function labelFor(
  registration: Registration,
  path: PathName,
  id: string,
): { readonly label: Label; readonly named: boolean } | undefined {
  const { classifier, named, previous, remembered } = registration;
  const isNamed = named?.has(id) === true || remembered.has(id) || previous.get(id)?.named === true;
  const own = classifier.ofPath(path.text)?.label;
  if (!isNamed) return own === undefined ? undefined : { label: own, named: false };
  return { label: classifier.higher(classifier.least, own ?? classifier.least), named: true };
}

/** Files of this work tree that were registered before, tracked or not. */
export const workNames = ({ previous, remembered, tree }: Registration): PathName[] => [
  ...remembered.values(),
  ...[...previous.values()]
    .filter((file) => file.version === 'work' && file.tree === tree)
    .map(nameOf),
];
