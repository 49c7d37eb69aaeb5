import type { Label } from '../../../model.ts';
import type { Manifest, RegisteredFile } from './manifest.ts';

/** A registered file whose very bytes stand elsewhere. */
export interface ExactSource {
  readonly id: string;
  /** The opaque id where the index came without names. */
  readonly path: string;
  readonly label: Label;
  /** Of which repository; empty where the index came without names. */
  readonly repository: string;
}

/** Files of any kind and size by their bytes: every rename and move, at the speed of a hash. */
export interface ExactTier {
  /** Whether it pays to hash content of this size. */
  hasSize(size: number): boolean;
  /** By SHA-256 of the content, in hexadecimal: what an LFS pointer names it by, too. */
  bySha256(sha256: string): readonly ExactSource[];
  /** By the id of a git object, of the content or of an LFS pointer that stands for it. */
  byBlob(oid: string): readonly ExactSource[];
}

type Table = ReadonlyMap<string, readonly ExactSource[]>;

/** The exact tier of several indexes at once. Tables are made when first asked, each by itself. */
export function createExactTier(manifests: readonly Manifest[]): ExactTier {
  let sizes: ReadonlySet<number> | undefined;
  let digests: Table | undefined;
  let blobs: Table | undefined;
  return {
    hasSize: (size) => (sizes ??= sizesIn(manifests)).has(size),
    bySha256: (sha256) =>
      (digests ??= tableOf(manifests, (file) => [file.sha256])).get(sha256) ?? [],
    byBlob: (oid) => (blobs ??= tableOf(manifests, (file) => file.blobs)).get(oid) ?? [],
  };
}

/** Content as short as an empty `__init__.py` stands everywhere. */
export const TELLING_BYTES = 64;

const tells = (file: RegisteredFile): boolean => !file.common && file.size >= TELLING_BYTES;

function sizesIn(manifests: readonly Manifest[]): Set<number> {
  const sizes = new Set<number>();
  for (const { files } of manifests) {
    for (const file of files) if (tells(file)) sizes.add(file.size);
  }
  return sizes;
}

function tableOf(
  manifests: readonly Manifest[],
  keysOf: (file: RegisteredFile) => readonly string[],
): Table {
  const table = new Map<string, ExactSource[]>();
  for (const { files, repository } of manifests) {
    for (const file of files) {
      if (!tells(file)) continue;
      const source = { id: file.id, path: file.path, label: file.label, repository };
      for (const key of keysOf(file)) add(table, key, source);
    }
  }
  return table;
}

function add(table: Map<string, ExactSource[]>, key: string, source: ExactSource): void {
  const known = table.get(key);
  if (known === undefined) table.set(key, [source]);
  else known.push(source);
}
