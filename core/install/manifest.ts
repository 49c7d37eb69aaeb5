import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemCode } from './write-errors.ts';

/** What a file was before Cordon, where it was there at all. */
export interface FileBefore {
  readonly sha256: string;
  readonly mode: number;
  /** Name in `cordon/backup/`. */
  readonly backup: string;
}

export interface ManifestEntry {
  /** Relative to the common git directory, so that a repository can be moved. */
  readonly path: string;
  /** SHA-256 of what Cordon left there. */
  readonly after: string;
  /** Absent where Cordon created the file. */
  readonly before?: FileBefore;
}

/** What `cordon init` did to one repository: all that `cordon uninstall` needs to take it back. */
export interface Manifest {
  readonly schema: 1;
  readonly kind: 'client' | 'server';
  readonly runtime: string;
  readonly node: string;
  /** Folders that were not there before, outermost first, relative like `path`. */
  readonly folders: readonly string[];
  readonly files: readonly ManifestEntry[];
  /** `core.hooksPath` was set for husky, which the repository did not use before. */
  readonly huskySet: boolean;
}

export const manifestName = 'install.json';

/** The manifest of the repository; `undefined` where there is none that can be read. */
export function readManifest(commonDir: string): Manifest | undefined {
  const path = join(commonDir, 'cordon', manifestName);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return undefined;
    throw error;
  }
  return parse(text);
}

function parse(text: string): Manifest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isManifest(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function isManifest(value: unknown): value is Manifest {
  if (!isObject(value)) return false;
  const { schema, kind, files, folders, runtime, node } = value;
  return (
    schema === 1 &&
    (kind === 'client' || kind === 'server') &&
    typeof runtime === 'string' &&
    typeof node === 'string' &&
    Array.isArray(folders) &&
    folders.every((folder: unknown) => typeof folder === 'string') &&
    Array.isArray(files) &&
    files.every((file: unknown) => isObject(file) && isEntry(file))
  );
}

function isEntry({ path, after, before }: Record<string, unknown>): boolean {
  if (typeof path !== 'string' || typeof after !== 'string') return false;
  if (before === undefined) return true;
  return (
    isObject(before) &&
    typeof before['sha256'] === 'string' &&
    typeof before['mode'] === 'number' &&
    typeof before['backup'] === 'string'
  );
}

export const formatManifest = (manifest: Manifest): Buffer =>
  Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
