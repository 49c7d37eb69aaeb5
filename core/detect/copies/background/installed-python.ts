import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { entriesOf, type Finder } from './package-finder.ts';

/**
 * Distributions of a site-packages folder, each with the files that its RECORD lists: what somebody laid
 * there by hand belongs to none. `.pth` and `.egg-link` files, which editable installs leave, are not followed.
 */
export function pythonPackages(library: string, finder: Finder): void {
  const present = new Set(entriesOf(library).map((entry) => entry.name));
  for (const entry of present) {
    const [, name, version = ''] =
      /^(.+?)-([^-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info$/.exec(entry) ?? [];
    if (name === undefined) continue;
    const info = join(library, entry);
    if (/"url":\s*"file:/.test(readText(join(info, 'direct_url.json')))) {
      finder.leaveOut(info, 'local-install');
      continue;
    }
    const metadata = readText(join(info, 'METADATA')) || readText(join(info, 'PKG-INFO'));
    if (/^Classifier: Private ::/im.test(metadata)) {
      finder.leaveOut(info, 'private');
      continue;
    }
    const files = recordedFiles(info) ?? topFolders(info, name);
    const own = topNames(files, present).find((top) => !finder.isForeign(join(library, top)));
    if (own !== undefined) {
      finder.leaveOut(join(library, own), 'own-code');
      continue;
    }
    finder.add({ ecosystem: 'python', name: name.toLowerCase(), version, folder: library, files });
  }
}

function recordedFiles(info: string): string[] | undefined {
  const record = readText(join(info, 'RECORD'));
  if (record === '') return undefined;
  return record
    .split('\n')
    .map((line) => (/^"((?:[^"]|"")*)"/.exec(line)?.[1] ?? line.split(',', 1)[0] ?? '').trim())
    .filter((path) => path !== '' && !path.split(/[\\/]/).includes('..') && !/^[\\/]/.test(path));
}

/** A distribution without a RECORD, as Debian lays them: its folders, by the names it declares. */
function topFolders(info: string, name: string): string[] {
  const declared = readText(join(info, 'top_level.txt'))
    .split('\n')
    .filter((line) => line !== '');
  return (declared.length > 0 ? declared : [name]).flatMap((top) => [top, `${top}.py`]);
}

/** First components that are there: a link to a working tree would be one of them. */
function topNames(files: readonly string[], present: ReadonlySet<string>): string[] {
  const tops = new Set(files.map((file) => file.split(/[\\/]/, 1)[0] ?? file));
  return [...tops].filter((top) => present.has(top));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
