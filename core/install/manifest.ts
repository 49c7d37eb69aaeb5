import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CordonError } from '../error.ts';
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

/** The manifest of the repository; `undefined` where Cordon is not in. @throws CordonError `git.protocol`. */
export function readManifest(commonDir: string): Manifest | undefined {
  const path = join(commonDir, 'cordon', manifestName);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return undefined;
    throw error;
  }
  const manifest = parse(text);
  if (manifest === undefined) throw new CordonError('install.foreign-hook', { path });
  return manifest;
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

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, files, folders, runtime, node } = value as Partial<Manifest>;
  return (
    schema === 1 &&
    typeof runtime === 'string' &&
    typeof node === 'string' &&
    Array.isArray(folders) &&
    folders.every((folder) => typeof folder === 'string') &&
    Array.isArray(files) &&
    files.every((file) => typeof file?.path === 'string' && typeof file.after === 'string')
  );
}

export const formatManifest = (manifest: Manifest): Buffer =>
  Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`);
