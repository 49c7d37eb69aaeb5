import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { lexerPrint } from './lexer-print.ts';
import { npmPackages } from './installed-npm.ts';
import { pythonPackages } from './installed-python.ts';
import {
  entriesOf,
  isForeign,
  nameOf,
  real,
  subfolders,
  type Finder,
  type InstalledPackage,
  type LeftOut,
} from './package-finder.ts';

export interface Installed {
  readonly packages: readonly InstalledPackage[];
  readonly leftOut: readonly LeftOut[];
  /** Changes when a package comes, goes or changes its version, and with the lexer. */
  readonly key: string;
}

export interface FindOptions {
  /** Root of the working tree whose code must never become background. */
  readonly repository: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly home?: string;
  /** Folders of public code that a person named. */
  readonly folders?: readonly string[];
  /** Also what lies outside the repository: global packages, caches, system libraries. Default true. */
  readonly machine?: boolean;
}

/**
 * Public code on this machine: node_modules, site-packages of every Python, caches of Go and cargo, system
 * headers and standard libraries, folders that were named. Never follows a link out of a package folder, so
 * that workspaces, `npm link` and editable installs do not bring in code of the lab.
 */
export function findInstalledCode(options: FindOptions): Installed {
  const { env = process.env, home = homedir(), folders = [], machine = true } = options;
  const packages: InstalledPackage[] = [];
  const leftOut: LeftOut[] = [];
  const seen = new Set<string>();
  const repository = real(options.repository) ?? options.repository;
  const finder: Finder = {
    add(found) {
      const place = `${real(found.folder) ?? found.folder}\0${found.name}`;
      if (seen.has(place)) return;
      seen.add(place);
      packages.push(found);
    },
    leaveOut: (path, why) => leftOut.push({ path, why }),
    isForeign: (path) => isForeign(path, repository),
  };
  for (const folder of modulesIn(repository)) npmPackages(folder, finder);
  for (const folder of environmentsIn(repository)) pythonPackages(folder, finder);
  if (machine) {
    for (const folder of globalModules(env, home)) npmPackages(folder, finder);
    for (const folder of pythonLibraries(env, home)) pythonPackages(folder, finder);
    const go = env['GOMODCACHE'] ?? join(env['GOPATH'] ?? join(home, 'go'), 'pkg/mod');
    cachedModules('go', go, /@v[^@]*$/, 6, finder);
    const cargo = join(env['CARGO_HOME'] ?? join(home, '.cargo'), 'registry/src');
    for (const folder of subfolders(cargo))
      cachedModules('rust', folder, /-\d+\.\d+\.[^/]*$/, 1, finder);
    for (const folder of systemFolders(env, home)) whole('system', folder, finder);
  }
  for (const folder of folders) whole('folder', folder, finder);
  packages.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  return { packages, leftOut, key: keyOf(packages) };
}

function keyOf(packages: readonly InstalledPackage[]): string {
  const hash = createHash('sha256').update(lexerPrint());
  for (const one of packages) {
    let changed = 0;
    try {
      changed = statSync(one.folder).mtimeMs;
    } catch {
      // Gone since it was listed: the key differs from that of a machine that still has it.
    }
    // Folders that people name and system libraries carry no version.
    hash.update(`${nameOf(one)}\0${one.folder}\0${one.version === '' ? changed : ''}\n`);
  }
  return hash.digest('hex');
}

/** node_modules at the root, and of packages of a monorepo two folders down. */
function modulesIn(repository: string): string[] {
  const visible = (folder: string) =>
    subfolders(folder).filter((path) => !/[\\/](?:\.[^\\/]*|node_modules)$/.test(path));
  const places = [repository, ...visible(repository)];
  for (const folder of visible(repository)) places.push(...visible(folder));
  return places.map((folder) => join(folder, 'node_modules'));
}

function environmentsIn(repository: string): string[] {
  return subfolders(repository)
    .filter((folder) => entriesOf(folder).some(({ name }) => name === 'pyvenv.cfg'))
    .flatMap((folder) => librariesOf(folder));
}

/** Library folders of a Python that lives under a prefix. */
function librariesOf(prefix: string): string[] {
  const versions = subfolders(join(prefix, 'lib')).filter((folder) =>
    /python3[^/\\]*$/.test(folder),
  );
  return [
    ...versions.flatMap((folder) => [join(folder, 'site-packages'), join(folder, 'dist-packages')]),
    join(prefix, 'Lib', 'site-packages'),
  ];
}

function pythonPrefixes(env: NodeJS.ProcessEnv, home: string): string[] {
  const conda = ['miniconda3', 'anaconda3', 'miniforge3', 'mambaforge'].map((name) =>
    join(home, name),
  );
  const pyenv = env['PYENV_ROOT'] ?? join(home, '.pyenv');
  return [
    ...[env['VIRTUAL_ENV'], env['CONDA_PREFIX']].filter((path) => path !== undefined),
    ...subfolders(join(pyenv, 'versions')),
    ...conda.flatMap((root) => [root, ...subfolders(join(root, 'envs'))]),
    ...subfolders(join(home, '.local/share/uv/python')),
    join(home, '.local'),
    '/usr',
    '/usr/local',
    '/opt/homebrew',
  ];
}

function pythonLibraries(env: NodeJS.ProcessEnv, home: string): string[] {
  return ['/usr/lib/python3/dist-packages', ...pythonPrefixes(env, home).flatMap(librariesOf)];
}

function globalModules(env: NodeJS.ProcessEnv, home: string): string[] {
  const versions = subfolders(join(env['NVM_DIR'] ?? join(home, '.nvm'), 'versions/node'));
  const prefixes = [...versions, '/usr', '/usr/local', '/opt/homebrew', join(home, '.npm-global')];
  const appData = env['APPDATA'];
  return [
    ...prefixes.map((prefix) => join(prefix, 'lib/node_modules')),
    ...(appData === undefined ? [] : [join(appData, 'npm/node_modules')]),
  ];
}

/** Standard libraries and headers. */
function systemFolders(env: NodeJS.ProcessEnv, home: string): string[] {
  const standard = pythonPrefixes(env, home).flatMap((prefix) =>
    subfolders(join(prefix, 'lib')).filter((folder) => /python3\.\d+$/.test(folder)),
  );
  const toolchains = subfolders(join(env['RUSTUP_HOME'] ?? join(home, '.rustup'), 'toolchains'));
  return [
    ...standard,
    ...toolchains.map((folder) => join(folder, 'lib/rustlib/src')),
    join(env['GOROOT'] ?? '/usr/local/go', 'src'),
    '/usr/include',
    '/usr/local/include',
  ];
}

function cachedModules(
  ecosystem: 'go' | 'rust',
  root: string,
  isModule: RegExp,
  depth: number,
  finder: Finder,
  top = root,
): void {
  for (const folder of subfolders(root)) {
    if (isModule.test(folder)) {
      const [, name = folder, version = ''] =
        /^(.*?)(?:@v|-)(\d[^@/\\]*)$/.exec(folder.slice(top.length + 1)) ?? [];
      if (finder.isForeign(folder)) finder.add({ ecosystem, name, version, folder });
      else finder.leaveOut(folder, 'own-code');
    } else if (depth > 1 && !/[\\/]cache$/.test(folder)) {
      cachedModules(ecosystem, folder, isModule, depth - 1, finder, top);
    }
  }
}

function whole(ecosystem: 'system' | 'folder', folder: string, finder: Finder): void {
  if (entriesOf(folder).length === 0) {
    if (ecosystem === 'folder') finder.leaveOut(folder, 'unreadable');
    return;
  }
  if (!finder.isForeign(folder)) finder.leaveOut(folder, 'own-code');
  else finder.add({ ecosystem, name: folder, version: '', folder });
}
