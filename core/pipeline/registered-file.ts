import { createHash } from 'node:crypto';
import { parseLfsPointer } from '../content/lfs-pointer.ts';
import type { FileVersion, RegisteredFile } from '../detect/copies/store/index.ts';
import type { ObjectFormat } from '../git/index.ts';
import type { Label, PathName } from '../model.ts';
import { isVendored } from './classified-files.ts';
import { textOfFile } from './classified-text.ts';
import type { HashedContent, HashedFile } from './hash-content.ts';
import type { PublicOverlap, TextBuild } from './register-text.ts';

/** One version of one file that is to be registered. */
export interface Registering {
  readonly id: string;
  readonly path: PathName;
  readonly label: Label;
  readonly version: FileVersion;
  readonly tree: string;
  readonly named: boolean;
  readonly content: HashedContent & Partial<Pick<HashedFile, 'stamp'>>;
  /** What an earlier registration has under this id. */
  readonly before: RegisteredFile | undefined;
}

interface TextTarget {
  readonly text: TextBuild;
  readonly overlaps: PublicOverlap[];
}

/** Takes a file's content into the text index where it is text, and tells what the manifest keeps of it. */
export function registerFile(
  file: Registering,
  into: TextTarget,
  format: ObjectFormat,
): RegisteredFile {
  const { id, path, label, version, tree, named, content, before } = file;
  const pointer = content.bytes && parseLfsPointer(content.bytes);
  const common = {
    id,
    path: path.text,
    ...(path.bytes !== undefined && { pathBytes: path.bytes }),
    label,
    version,
    tree,
    named,
    ...(content.stamp !== undefined && { stamp: steadyStamp(content.stamp) }),
  };
  if (pointer !== undefined) {
    if (before?.text === true) into.text.remove(id);
    return {
      ...common,
      size: Number(pointer.size),
      sha256: pointer.oid,
      blobs: [content.blob],
      lfs: true,
      text: false,
      common: false,
    };
  }
  const kept = {
    ...common,
    size: content.size,
    sha256: content.sha256,
    blobs: blobsOf(content, format),
    lfs: false,
  };
  // The same bytes under the same name: what the text index has of them stands.
  if (before?.sha256 === content.sha256 && before.named === named && !before.lfs) {
    const blobs = [...new Set([...kept.blobs, ...before.blobs])];
    return { ...kept, blobs, text: before.text, common: before.common };
  }
  return { ...kept, ...takeText(file, into) };
}

function takeText(
  { id, path, label, named, content, before }: Registering,
  { text, overlaps }: TextTarget,
): Pick<RegisteredFile, 'text' | 'common'> {
  const words = content.bytes && textOfFile(path.text, content.bytes);
  const isOthers = words !== undefined && !named && isVendored(path.text);
  if (words === undefined || isOthers) {
    if (before?.text === true) text.remove(id);
    return { text: false, common: isOthers };
  }
  // Its id stands for the path there, so that the text index holds no name and can be given away.
  const taken = text.add({ id, path: id, label, bytes: words }, path.text);
  overlaps.push(...taken.overlaps);
  return { text: true, common: taken.common };
}

/** Also of the text as git stores it where it is checked out with CRLF. */
function blobsOf(content: HashedContent, format: ObjectFormat): string[] {
  const { bytes, blob } = content;
  if (bytes === undefined || !bytes.includes('\r\n') || bytes.includes(0)) return [blob];
  const plain = Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
  const stored = createHash(format).update(`blob ${plain.length}\0`).update(plain).digest('hex');
  return [blob, stored];
}

/** Within so long of a write, another one may leave the same times behind. */
const RACY_MS = 100;

/** The stamp of a file written just now proves nothing: kept as one that matches no file. */
function steadyStamp(stamp: HashedFile['stamp']): HashedFile['stamp'] {
  const isRacy = Math.abs(Date.now() - stamp.ctimeMs) < RACY_MS;
  return isRacy ? { ...stamp, ino: 0 } : stamp;
}

/** A path as ids are made of it: its bytes, and the linked work tree it lies in. */
export function idPathOf(file: Pick<RegisteredFile, 'path' | 'pathBytes' | 'tree'>): string {
  const path = file.pathBytes === undefined ? file.path : `base64:${file.pathBytes}`;
  return file.tree === '' ? path : `${path}\0${file.tree}`;
}

/** A path as git names it. */
export const nameOf = (file: Pick<RegisteredFile, 'path' | 'pathBytes'>): PathName => ({
  text: file.path as PathName['text'],
  ...(file.pathBytes !== undefined && { bytes: file.pathBytes }),
});
