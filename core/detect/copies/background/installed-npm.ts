import { lstatSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { entriesOf, real, type Finder } from './package-finder.ts';

/** Packages of a node_modules folder and of those inside them; none where the folder is absent. */
export function npmPackages(modules: string, finder: Finder): void {
  const truth = real(modules);
  if (truth === undefined) return;
  const local = localInstalls(modules);
  for (const folder of packageFolders(modules)) {
    const inside = folder
      .slice(modules.length + 1)
      .split(sep)
      .join('/');
    if (local.has(inside)) {
      finder.leaveOut(folder, 'local-install');
    } else if (leavesFolder(folder)) {
      // A workspace, `npm link`: somebody's working tree. pnpm's links lead to a node_modules again.
      finder.leaveOut(folder, 'link');
    } else if (finder.isForeign(folder)) {
      const manifest = readManifest(join(folder, 'package.json'));
      if (manifest === undefined) continue;
      // What npm refuses to publish, or what nobody may use, is not public.
      if (manifest['private'] === true || manifest['license'] === 'UNLICENSED')
        finder.leaveOut(folder, 'private');
      else {
        const { name, version } = manifest;
        finder.add({
          ecosystem: 'npm',
          name: typeof name === 'string' ? name : inside,
          version: typeof version === 'string' ? version : '',
          folder,
        });
      }
      npmPackages(join(folder, 'node_modules'), finder);
    } else {
      finder.leaveOut(folder, 'own-code');
    }
  }
}

function packageFolders(modules: string): string[] {
  return entriesOf(modules)
    .filter(
      (entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isSymbolicLink()),
    )
    .flatMap(({ name }) =>
      name.startsWith('@')
        ? entriesOf(join(modules, name)).map((inner) => join(modules, name, inner.name))
        : [join(modules, name)],
    );
}

function leavesFolder(folder: string): boolean {
  if (!lstatSync(folder).isSymbolicLink()) return false;
  const truth = real(folder);
  return truth === undefined || !/[\\/]node_modules[\\/]/.test(truth);
}

/** Paths in node_modules that npm filled from a folder or a file of this machine. */
function localInstalls(modules: string): ReadonlySet<string> {
  const lock = readManifest(join(modules, '.package-lock.json'))?.['packages'];
  const local = new Set<string>();
  if (typeof lock !== 'object' || lock === null) return local;
  for (const [path, entry] of Object.entries(lock as Record<string, unknown>)) {
    if (typeof entry !== 'object' || entry === null) continue;
    const { resolved, link } = entry as Record<string, unknown>;
    const fromHere = typeof resolved === 'string' && !/^(?:https?|git\+)/.test(resolved);
    if (link === true || fromHere) local.add(path.replace(/^node_modules\//, ''));
  }
  return local;
}

function readManifest(path: string): Record<string, unknown> | undefined {
  try {
    const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof manifest === 'object' && manifest !== null ? { ...manifest } : undefined;
  } catch {
    // No manifest that can be read: nothing a package manager laid there.
    return undefined;
  }
}
