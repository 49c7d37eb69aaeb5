import { CordonError } from '../../../error.ts';
import type { Label } from '../../../model.ts';

/** What of a file on disk tells, without reading it, that it is still the file that was read. */
export interface FileStamp {
  readonly size: number;
  readonly mtimeMs: number;
  /** Unlike `mtime`, nothing sets it back. */
  readonly ctimeMs: number;
  readonly ino: number;
}

/** Where the bytes are from: the work tree, HEAD, or home's default branch as this clone knows it. */
export type FileVersion = 'work' | 'head' | 'home';

/** One version of one registered file. */
export interface RegisteredFile {
  /** `src-` and 16 hexadecimal digits, in an export without names all there is. */
  readonly id: string;
  /** As git names it; absolute for a file outside of the repository. */
  readonly path: string;
  /** The path's bytes in base64, only where they are not UTF-8. */
  readonly pathBytes?: string;
  readonly label: Label;
  /** Of the content; of an LFS pointer, of what it stands for. */
  readonly size: number;
  /** Hexadecimal, of the content; of an LFS pointer, of what it stands for. */
  readonly sha256: string;
  /** Ids under which git keeps it: of the bytes as they lie, and of the pointer that stands for them. */
  readonly blobs: readonly string[];
  /** Whether LFS keeps the content, under its SHA-256. */
  readonly lfs: boolean;
  /** Whether it is in the text index. */
  readonly text: boolean;
  /** Public, vendored or next to empty: its bytes elsewhere say nothing. */
  readonly common: boolean;
  /** Registered by name, whatever the policy calls it. */
  readonly named: boolean;
  readonly version: FileVersion;
  /** Of which linked work tree, by git's name for it; empty for the main one and for home. */
  readonly tree: string;
  /** Of the file in the work tree. */
  readonly stamp?: FileStamp;
}

/** What an index holds, beside the text index. */
export interface Manifest {
  /** Grows with every generation of one index; of an import, the exporter's. */
  readonly counter: number;
  /** Milliseconds since 1970. */
  readonly made: number;
  /** The repository it is of; empty in an export without names. */
  readonly repository: string;
  /** 32 hexadecimal digits that every export of one index has, whatever its secret. */
  readonly index: string;
  /** What the text index depends on beside the files: another algorithm or background, and it is made anew. */
  readonly textVersion: string;
  /** Whether `path` names files, or repeats the opaque id. */
  readonly names: boolean;
  /** Whether everything classified is in it; not where the time was up. */
  readonly complete: boolean;
  readonly files: readonly RegisteredFile[];
}

type Row = readonly [
  id: string,
  path: string,
  pathBytes: string,
  label: number,
  size: number,
  sha256: string,
  blobs: string,
  flags: number,
  stamp: readonly number[],
  tree: string,
];

const LFS = 1;
const TEXT = 2;
const COMMON = 4;
const NAMED = 8;
const VERSIONS: readonly FileVersion[] = ['work', 'head', 'home'];
const VERSION_SHIFT = 4;

/** Rows, not objects: a repository may have 100,000 classified files. */
export function encodeManifest(manifest: Manifest): Buffer {
  const labels = [...new Set(manifest.files.map(({ label }) => label))];
  const ranks = new Map(labels.map((label, at) => [label, at]));
  const { files, ...rest } = manifest;
  const rows = files.map((file): Row => {
    const flags =
      (file.lfs ? LFS : 0) |
      (file.text ? TEXT : 0) |
      (file.common ? COMMON : 0) |
      (file.named ? NAMED : 0) |
      (VERSIONS.indexOf(file.version) << VERSION_SHIFT);
    const { stamp } = file;
    return [
      file.id,
      file.path,
      file.pathBytes ?? '',
      ranks.get(file.label) ?? 0,
      file.size,
      file.sha256,
      file.blobs.join(' '),
      flags,
      stamp === undefined ? [] : [stamp.size, stamp.mtimeMs, stamp.ctimeMs, stamp.ino],
      file.tree,
    ];
  });
  return Buffer.from(JSON.stringify({ ...rest, labels, rows }));
}

/** As `decodeManifest`, of one that was written elsewhere: names and digests are looked at, too. */
export function decodeForeignManifest(bytes: Buffer): Manifest {
  const manifest = decodeManifest(bytes);
  const isGood = manifest.files.every(
    ({ id, sha256, blobs }) =>
      /^src-[0-9a-f]{16}$/.test(id) &&
      /^[0-9a-f]{64}$/.test(sha256) &&
      blobs.every((blob) => /^[0-9a-f]{40,64}$/.test(blob)),
  );
  if (!isGood) throw badManifest();
  return manifest;
}

/** What `encodeManifest` encoded: every field is of its type. */
export function decodeManifest(bytes: Buffer): Manifest {
  const parsed = parse(bytes);
  if (!isRecord(parsed)) throw badManifest();
  const { counter, made, repository, index, textVersion, names, complete, labels, rows } = parsed;
  if (
    !isCount(counter) ||
    !isCount(made) ||
    typeof repository !== 'string' ||
    typeof index !== 'string' ||
    !/^[0-9a-f]{32}$/.test(index) ||
    typeof textVersion !== 'string' ||
    typeof names !== 'boolean' ||
    typeof complete !== 'boolean' ||
    !Array.isArray(labels) ||
    !Array.isArray(rows)
  ) {
    throw badManifest();
  }
  const files = rows.map((row: unknown) => fileOf(row, labels));
  return { counter, made, repository, index, textVersion, names, complete, files };
}

/** Called for each of 100,000 files, in every hook: rows of one form give objects of one shape. */
function fileOf(row: unknown, labels: readonly unknown[]): RegisteredFile {
  if (!Array.isArray(row)) throw badManifest();
  // Taken one by one: a pattern would make an iterator for each row.
  const fields = row as readonly unknown[];
  const id = fields[0];
  const path = fields[1];
  const pathBytes = fields[2];
  const label = typeof fields[3] === 'number' ? labels[fields[3]] : undefined;
  const size = fields[4];
  const sha256 = fields[5];
  const blobs = fields[6];
  const flags = fields[7];
  const stamp = fields[8];
  const tree = fields[9];
  if (
    typeof id !== 'string' ||
    typeof path !== 'string' ||
    typeof pathBytes !== 'string' ||
    typeof label !== 'string' ||
    !isCount(size) ||
    typeof sha256 !== 'string' ||
    typeof blobs !== 'string' ||
    !isCount(flags) ||
    !Array.isArray(stamp) ||
    typeof tree !== 'string'
  ) {
    throw badManifest();
  }
  const file: Writable<RegisteredFile> = {
    id,
    path,
    label,
    size,
    sha256,
    blobs: blobs === '' ? [] : blobs.split(' '),
    lfs: (flags & LFS) !== 0,
    text: (flags & TEXT) !== 0,
    common: (flags & COMMON) !== 0,
    named: (flags & NAMED) !== 0,
    version: VERSIONS[(flags >> VERSION_SHIFT) & 3] ?? 'work',
    tree,
  };
  const kept = stampOf(stamp as unknown[]);
  if (kept !== undefined) file.stamp = kept;
  if (pathBytes !== '') file.pathBytes = pathBytes;
  return file;
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

function stampOf(values: readonly unknown[]): FileStamp | undefined {
  const size = values[0];
  const mtimeMs = values[1];
  const ctimeMs = values[2];
  const ino = values[3];
  return typeof size === 'number' &&
    typeof mtimeMs === 'number' &&
    typeof ctimeMs === 'number' &&
    typeof ino === 'number'
    ? { size, mtimeMs, ctimeMs, ino }
    : undefined;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new CordonError('copies.bad-file', { reason: 'manifest' }, error);
  }
}

const badManifest = () => new CordonError('copies.bad-file', { reason: 'manifest' });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
