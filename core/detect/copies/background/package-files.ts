import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, type InstalledPackage } from './package-finder.ts';

const sources =
  /\.(?:py|pyi|pyx|ts|tsx|mts|cts|js|jsx|mjs|cjs|vue|svelte|c|h|cc|cpp|cxx|hpp|hh|inl|cu|cuh|m|mm|rs|go|java|kt|kts|scala|swift|rb|php|cs|lua|r|jl|sql|proto|sh|bash|zsh|ps1|md|rst|txt|ya?ml|toml|ini|cfg|cmake|ipynb|html|css|scss)$|(?:^|[\\/])(?:licen[cs]e|copying|notice|makefile|dockerfile)[^\\/]*$/i;
const machineMade = /[.-]min\.[a-z]+$|\.map$/i;
/** Beyond this stand data and bundles, which take time and bring no idiom. */
const mostBytes = 2 * 1024 * 1024;

export interface PackageFile {
  readonly path: string;
  readonly size: number;
}

/** The source and prose files of a package, by full path; links and packages inside it are not followed. */
export function filesOfPackage({ ecosystem, folder, files }: InstalledPackage): PackageFile[] {
  const found: PackageFile[] = [];
  const take = (path: string) => {
    if (!sources.test(path) || machineMade.test(path)) return;
    const size = fileSize(path);
    if (size > 0 && size <= mostBytes) found.push({ path, size });
  };
  if (ecosystem === 'python' && files !== undefined) {
    for (const file of files) {
      const path = join(folder, file);
      // Only a distribution without a RECORD names folders.
      if (/\.\w+$/.test(file)) take(path);
      else if (isFolder(path)) walk(path, take);
      else take(path);
    }
  } else {
    walk(folder, take);
  }
  return found;
}

/** The bytes of a file; undefined where it went away or may not be read. */
export function readPackageFile(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function walk(folder: string, take: (path: string) => void): void {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isFile()) take(path);
    else if (
      entry.isDirectory() &&
      !/^(?:node_modules|(?:site|dist)-packages|\.git)$/.test(entry.name)
    )
      walk(path, take);
  }
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** 0 where there is no plain file: a link may lead to code of the lab. */
function fileSize(path: string): number {
  try {
    const stats = lstatSync(path);
    return stats.isFile() ? stats.size : 0;
  } catch {
    return 0;
  }
}
