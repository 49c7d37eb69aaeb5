import { isAbsolute } from 'node:path';
import type { FileStamp, RegisteredFile } from '../detect/copies/store/index.ts';
import type { Label, PathName } from '../model.ts';
import type { Repository } from '../git/index.ts';
import { fileSource } from '../source/index.ts';
import { isVendored, listWorkPaths } from './classified-files.ts';
import { hashFile, isSame, stampOf } from './hash-content.ts';
import {
  addFile,
  isLate,
  keepBefore,
  labelFor,
  noteUnread,
  type Registration,
  workNames,
} from './registration.ts';
import { registerFile } from './registered-file.ts';
import { areWeights, LEAST_WEIGHTS_BYTES } from './recognise-weights.ts';

/**
 * Registers files as they lie in the work tree: all classified ones that git tracks; of those it does not
 * track or ignores, the ones that a marking names (a default label says nothing about `dist/`); and
 * what was named or registered before.
 */
export async function registerWorkTree(
  registration: Registration,
  ignored: boolean,
): Promise<void> {
  const { session, classifier, named } = registration;
  const { repo } = session;
  const { tracked, untracked } = await listWorkPaths(repo, ignored);
  const seen = new Set<string>();
  const take = async (path: PathName, isTracked: boolean) => {
    const id = registration.idOf(path, 'work');
    if (seen.has(id) || !registration.isAsked(path.text)) return;
    seen.add(id);
    await registerPath(registration, { id, path, isTracked });
  };
  for (const path of tracked) await take(path, true);
  for (const path of untracked) {
    if (classifier.ofPath(path.text)?.marked !== true || isVendored(path.text)) continue;
    await take(path, false);
  }
  for (const path of named?.values() ?? []) await take(path, false);
  for (const path of workNames(registration)) await take(path, false);
}

interface WorkPath {
  readonly id: string;
  readonly path: PathName;
  readonly isTracked: boolean;
}

async function registerPath(registration: Registration, work: WorkPath): Promise<void> {
  const { session, previous } = registration;
  const { id, path } = work;
  const file = { id, path, version: 'work' as const, tree: registration.tree };
  try {
    const place = placeOf(session.repo, path);
    const own = labelFor(registration, path, id);
    if (own === undefined && !mayBeWeights(registration, work)) return;
    const stamp = stampOf(place);
    // Gone, a folder, a link, or what must not be opened: a FIFO, a device.
    if (stamp === undefined) return;
    if (own === undefined && stamp.size < LEAST_WEIGHTS_BYTES) return;
    if (isLate(registration)) {
      keepBefore(registration, id);
      registration.complete = false;
      return;
    }
    const before = previous.get(id);
    const isSteady = before?.stamp !== undefined && isSame(before.stamp, stamp);
    const label = await labelOf(registration, work, { place, stamp, own: own?.label });
    if (label === undefined) return;
    const named = own?.named === true;
    if (before !== undefined && isSteady && before.named === named) {
      addFile(registration, before.label === label ? before : { ...before, label });
      return;
    }
    const content = await hashFile(place, session.repo.objectFormat, session.deadline);
    const found: RegisteredFile = registerFile(
      { ...file, label, named, content, before },
      registration,
      session.repo.objectFormat,
    );
    addFile(registration, found);
  } catch (error) {
    noteUnread(registration, file, error);
  }
}

/** Weights anywhere among the tracked files, or where they were found before. */
function mayBeWeights({ classifier, previous }: Registration, work: WorkPath): boolean {
  return classifier.weights !== undefined && (work.isTracked || previous.has(work.id));
}

/** The path's label, or the one of weights where the content is such and theirs is higher. */
async function labelOf(
  { classifier, session }: Registration,
  { path }: WorkPath,
  file: { readonly place: Buffer; readonly stamp: FileStamp; readonly own: Label | undefined },
): Promise<Label | undefined> {
  const { weights } = classifier;
  const { own, stamp, place } = file;
  if (weights === undefined || stamp.size < LEAST_WEIGHTS_BYTES) return own;
  if (own !== undefined && classifier.higher(own, weights) === own) return own;
  const source = fileSource(place, { followSymlinks: false });
  try {
    return (await areWeights(path.text, source, session.deadline)) ? weights : own;
  } finally {
    await source.close();
  }
}

/** Where a registered path lies on disk, by its bytes. */
export function placeOf(repo: Pick<Repository, 'workTree' | 'dir'>, path: PathName): Buffer {
  const bytes =
    path.bytes === undefined ? Buffer.from(path.text) : Buffer.from(path.bytes, 'base64');
  if (isAbsolute(path.text)) return bytes;
  return Buffer.concat([Buffer.from(`${repo.workTree ?? repo.dir}/`), bytes]);
}
