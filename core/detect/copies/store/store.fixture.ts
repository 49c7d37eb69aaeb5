import { createHash } from 'node:crypto';
import type { Manifest, RegisteredFile } from './manifest.ts';
import { sourceId } from './secret.ts';

/** A registered file with this content. */
export function fileOf(secret: Buffer, path: string, content: string): RegisteredFile {
  const hash = (kind: string, text: string) => createHash(kind).update(text).digest('hex');
  return {
    id: sourceId(secret, path, 'work'),
    path,
    label: 'restricted',
    size: Buffer.byteLength(content),
    sha256: hash('sha256', content),
    blobs: [hash('sha1', `blob ${Buffer.byteLength(content)}\0${content}`)],
    lfs: false,
    text: true,
    common: false,
    named: false,
    version: 'work',
    tree: '',
    stamp: { size: Buffer.byteLength(content), mtimeMs: 1.5, ctimeMs: 2.5, ino: 3 },
  };
}

export function manifestOf(counter: number, files: readonly RegisteredFile[]): Manifest {
  return {
    counter,
    made: counter,
    repository: 'a'.repeat(32),
    index: 'b'.repeat(32),
    textVersion: 'test',
    names: true,
    complete: true,
    files,
  };
}
