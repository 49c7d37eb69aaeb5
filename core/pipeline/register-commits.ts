import { parseLfsPointer } from '../content/lfs-pointer.ts';
import type { RegisteredFile } from '../detect/copies/store/index.ts';
import { CordonError } from '../error.ts';
import { openObject, type ReadObject, readObjects, runGit } from '../git/index.ts';
import type { Label, Oid, PathName } from '../model.ts';
import { bufferSource } from '../source/index.ts';
import { listCommitFiles } from './classified-files.ts';
import { hashContent, type HashedContent } from './hash-content.ts';
import { findHome } from './home.ts';
import {
  addFile,
  isLate,
  keepBefore,
  labelFor,
  noteUnread,
  type Registration,
} from './registration.ts';
import { areWeights, LEAST_WEIGHTS_BYTES } from './recognise-weights.ts';
import { registerFile } from './registered-file.ts';

/** A committed file to read. */
interface Committed {
  readonly id: string;
  readonly path: PathName;
  readonly version: 'head' | 'home';
  readonly oid: Oid;
  /** Undefined where only its content can tell that it is weights. */
  readonly label: Label | undefined;
  readonly named: boolean;
}

/**
 * Registers what HEAD and home's default branch hold and the work tree does not: a file that is
 * deleted or rewritten here is not forgotten before it is gone from home.
 */
export async function registerCommits(registration: Registration): Promise<void> {
  const { session } = registration;
  const head = await commitOf(registration, 'HEAD');
  const home = session.repo.bare ? undefined : (await findHome(session)).tip;
  if (head !== undefined) await registerCommit(registration, head, 'head');
  if (home !== undefined && home !== head) await registerCommit(registration, home, 'home');
}

async function commitOf({ session }: Registration, name: string): Promise<Oid | undefined> {
  const args = ['rev-parse', '--verify', '--quiet', `${name}^{commit}`];
  const answer = await runGit(session.repo, args, { okCodes: [1, 128] });
  return (answer.toString('latin1').trim() || undefined) as Oid | undefined;
}

async function registerCommit(
  registration: Registration,
  commit: Oid,
  version: Committed['version'],
): Promise<void> {
  const { session, previous, classifier } = registration;
  const wanted = new Map<Oid, Committed[]>();
  for (const { oid, path } of await listCommitFiles(session.repo, commit)) {
    if (!registration.isAsked(path.text)) continue;
    const work = registration.idOf(path, 'work');
    const own = labelFor(registration, path, work);
    const isOpen = own === undefined && session.repo.bare && classifier.weights !== undefined;
    if ((own === undefined && !isOpen) || isCovered(registration, path, oid)) continue;
    const id = registration.idOf(path, version);
    const before = previous.get(id);
    const label = own?.label ?? before?.label;
    if (before?.blobs.includes(oid) === true && label !== undefined) {
      addFile(registration, before.label === label ? before : { ...before, label });
      continue;
    }
    const found: Committed = {
      id,
      path,
      version,
      oid,
      label: own?.label,
      named: own?.named === true,
    };
    wanted.set(oid, [...(wanted.get(oid) ?? []), found]);
  }
  await readWanted(registration, wanted);
}

/** Whether the work tree's version, or HEAD's, is the same content. */
function isCovered({ files, idOf }: Registration, path: PathName, oid: Oid): boolean {
  return (['work', 'head'] as const).some(
    (version) => files.get(idOf(path, version))?.blobs.includes(oid) === true,
  );
}

async function readWanted(
  registration: Registration,
  wanted: ReadonlyMap<Oid, readonly Committed[]>,
): Promise<void> {
  if (wanted.size === 0) return;
  // Of what only its content could tell, the size comes first: small files are no weights.
  const isRead = ({ oid }: { readonly oid: Oid }) =>
    !isLate(registration) && (wanted.get(oid) ?? []).some(({ label }) => label !== undefined);
  const unanswered = new Set(wanted.keys());
  for await (const object of readObjects(registration.session.repo, [[...wanted.keys()]], isRead)) {
    unanswered.delete(object.oid);
    await take(registration, object, wanted.get(object.oid) ?? []);
  }
  for (const oid of unanswered) {
    for (const file of wanted.get(oid) ?? []) keepBefore(registration, file.id);
  }
}

async function take(
  registration: Registration,
  object: ReadObject,
  files: readonly Committed[],
): Promise<void> {
  const [first] = files;
  if (first === undefined) return;
  try {
    if ('missing' in object) {
      throw new CordonError('source.unreadable', { reason: object.missing });
    }
    if (isLate(registration)) throw new CordonError('time-up', {});
    const weights = await weightsIn(registration, object, first);
    const isWanted = files.some(({ label }) => label !== undefined) || weights !== undefined;
    if (!isWanted) return;
    const content = await contentOf(registration, object);
    for (const file of files) registerCommitted(registration, file, content, weights);
  } catch (error) {
    for (const file of files) noteUnread(registration, file, error);
  }
}

/** The label of weights where the object is such; asked only of a bare repository's large files. */
async function weightsIn(
  { session, classifier }: Registration,
  object: Exclude<ReadObject, { missing: unknown }>,
  { path }: Committed,
): Promise<Label | undefined> {
  const { repo } = session;
  if (!repo.bare || classifier.weights === undefined) return undefined;
  if (object.type !== 'blob' || object.size < LEAST_WEIGHTS_BYTES) return undefined;
  const source = openObject(repo, object.oid, object.size);
  try {
    return (await areWeights(path.text, source, session.deadline)) ? classifier.weights : undefined;
  } finally {
    await source.close();
  }
}

async function contentOf(
  { session }: Registration,
  { oid, size, bytes }: Exclude<ReadObject, { missing: unknown }>,
): Promise<HashedContent> {
  const { repo, deadline } = session;
  const source = bytes === undefined ? openObject(repo, oid, size) : bufferSource(bytes);
  try {
    return await hashContent(source, repo.objectFormat, deadline);
  } finally {
    await source.close();
  }
}

function registerCommitted(
  registration: Registration,
  file: Committed,
  content: HashedContent,
  weights: Label | undefined,
): void {
  const { files, classifier, previous, session } = registration;
  const own = file.label ?? weights;
  if (own === undefined) return;
  const label = weights === undefined ? own : classifier.higher(own, weights);
  const pointer = content.bytes && parseLfsPointer(content.bytes);
  const work = files.get(registration.idOf(file.path, 'work'));
  // What the pointer stands for lies in the work tree: one file, known by both.
  if (work !== undefined && pointer?.oid === work.sha256) {
    const blobs = [...new Set([...work.blobs, file.oid])];
    files.set(work.id, { ...work, blobs, lfs: true } satisfies RegisteredFile);
    return;
  }
  const before = previous.get(file.id);
  const { id, path, version, named } = file;
  const tree = version === 'home' ? '' : registration.tree;
  addFile(
    registration,
    registerFile(
      { id, path, version, tree, named, label, content, before },
      registration,
      session.repo.objectFormat,
    ),
  );
}
