import { readdirSync, realpathSync, type Dirent } from 'node:fs';
import { join, sep } from 'node:path';

export type Ecosystem = 'npm' | 'python' | 'go' | 'rust' | 'system' | 'folder';

/** Public code as a package manager laid it on this machine. */
export interface InstalledPackage {
  readonly ecosystem: Ecosystem;
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  /** Only these files of the folder belong to it; undefined: all. */
  readonly files?: readonly string[];
}

/** What was found and is no background, and why. */
export interface LeftOut {
  readonly path: string;
  readonly why: 'own-code' | 'link' | 'local-install' | 'private' | 'unreadable';
}

export interface Finder {
  add(found: InstalledPackage): void;
  leaveOut(path: string, why: LeftOut['why']): void;
  /** False for what is, in truth, a path of the repository itself. */
  isForeign(path: string): boolean;
}

export const nameOf = ({ ecosystem, name, version }: InstalledPackage) =>
  `${ecosystem}/${name}@${version}`;

/** The real path, where there is one. */
export function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** Entries of a folder; none where it cannot be read, as an absent one has none. */
export function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}

export function subfolders(folder: string): string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, entry.name));
}

const packageFolder = /[\\/](?:node_modules|site-packages|dist-packages)(?:[\\/]|$)/;

/** Outside the repository, or inside it where a package manager puts what it fetched. */
export function isForeign(path: string, repository: string): boolean {
  const truth = real(path);
  if (truth === undefined) return false;
  if (truth !== repository && !truth.startsWith(repository + sep)) return true;
  return packageFolder.test(truth.slice(repository.length));
}
