import { spawnSync } from 'node:child_process';
import { realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readFileAt, sha256 } from './write-file.ts';
import { hasInclude } from './config-include.ts';
import { cordonDir, findRepository } from './find-repository.ts';
import type { InstalledRepository } from './find-repository.ts';
import { git, tryGit } from './git.ts';
import { hooksPassedIfPresent } from './hook-names.ts';
import { isRuntimeWhole } from './install-runtime.ts';
import { readManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { listHooks, previousHooksDir } from './previous-hooks.ts';
import { systemCode } from './write-errors.ts';

/**
 * What keeps Cordon from standing where it should. `serious` ones mean that something can leave
 * unjudged, or that nothing can leave at all.
 */
export type InstallProblem =
  | { readonly code: 'not-installed'; readonly serious: true }
  | { readonly code: 'include-missing'; readonly serious: true; readonly path: string }
  | {
      /** Another setting of `core.hooksPath` wins in one work tree. */
      readonly code: 'shadowed';
      readonly serious: true;
      readonly worktree: string;
      /** The folder git takes hooks from there. */
      readonly hooksDir: string;
      /** As `git config --show-origin --show-scope` has it; empty where nothing sets it. */
      readonly origin: string;
      readonly scope: string;
    }
  | {
      readonly code: 'file-missing' | 'file-changed' | 'not-executable';
      readonly serious: true;
      readonly path: string;
    }
  | {
      readonly code: 'runtime-missing' | 'runtime-changed';
      readonly serious: true;
      readonly path: string;
    }
  | { readonly code: 'node-missing'; readonly serious: true; readonly path: string }
  | {
      readonly code: 'node-moved';
      readonly serious: false;
      readonly path: string;
      readonly found: string;
    }
  | { readonly code: 'hook-not-passed'; readonly serious: false; readonly path: string };

export interface InstallInspection {
  readonly repository: InstalledRepository;
  readonly installed: boolean;
  /** Installed, and no problem is serious. */
  readonly effective: boolean;
  readonly problems: readonly InstallProblem[];
  /** Where hooks come from that Cordon passes on to; `undefined` where they are switched off. */
  readonly previousHooksDir: string | undefined;
  readonly runtime: string | undefined;
  readonly node: string | undefined;
}

/**
 * Whether Cordon's hooks in this clone are what git runs, in every work tree, and whether they can
 * run. Reads only. @throws CordonError as `findRepository`.
 */
export function inspectInstall(
  cwd: string,
  env: NodeJS.ProcessEnv = process.env,
): InstallInspection {
  const repository = findRepository(cwd, env);
  const manifest = readManifest(repository.commonDir);
  const previous = repository.bare ? undefined : previousHooksDir(repository, env);
  const problems: InstallProblem[] =
    manifest === undefined
      ? [{ code: 'not-installed', serious: true }]
      : [
          ...(manifest.kind === 'client' ? findShadows(repository, env) : []),
          ...findDamage(repository, manifest),
          ...findEngine(repository, manifest, env),
          ...findUnpassed(repository, manifest, previous),
        ];
  return {
    repository,
    installed: manifest !== undefined,
    effective: !problems.some(({ serious }) => serious),
    problems,
    previousHooksDir: previous,
    runtime: manifest?.runtime,
    node: manifest?.node,
  };
}

function findShadows(repository: InstalledRepository, env: NodeJS.ProcessEnv): InstallProblem[] {
  const ours = join(cordonDir(repository), 'hooks');
  const config = join(repository.commonDir, 'config');
  if (!hasInclude(readFileAt(config)?.bytes.toString('latin1') ?? '')) {
    return [{ code: 'include-missing', serious: true, path: config }];
  }
  return listWorktrees(repository, env).flatMap((worktree): InstallProblem[] => {
    const asked = git(
      worktree,
      ['rev-parse', '--path-format=absolute', '--git-path', 'hooks'],
      env,
    );
    const hooksDir = asked.replace(/\n$/, '');
    if (realPath(hooksDir) === realPath(ours)) return [];
    const settings = tryGit(
      worktree,
      ['config', '--show-scope', '--show-origin', '-z', '--get-all', 'core.hooksPath'],
      env,
    ).stdout.split('\0');
    const [scope = '', origin = ''] = settings.slice(-4);
    return [{ code: 'shadowed', serious: true, worktree, hooksDir, origin, scope }];
  });
}

/** All work trees whose folder is there; from a removed one nothing can be pushed. */
function listWorktrees({ top }: InstalledRepository, env: NodeJS.ProcessEnv): string[] {
  const exact = tryGit(top, ['worktree', 'list', '--porcelain', '-z'], env);
  const lines =
    exact.code === 0
      ? exact.stdout.split('\0')
      : // Before git 2.36.
        git(top, ['worktree', 'list', '--porcelain'], env).split('\n');
  const named = lines.flatMap((line) => (line.startsWith('worktree ') ? [line.slice(9)] : []));
  const there = named.filter(
    (path) => statSync(join(path, '.git'), { throwIfNoEntry: false }) !== undefined,
  );
  return [...new Set([top, ...there])];
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    if (systemCode(error) === '') throw error;
    return path;
  }
}

function findDamage(
  { commonDir }: InstalledRepository,
  { files, kind }: Manifest,
): InstallProblem[] {
  const own = files.filter(({ path }) => path.startsWith('cordon/') || kind === 'server');
  return own.flatMap((entry): InstallProblem[] => {
    const path = resolve(commonDir, entry.path);
    const now = readFileAt(path);
    if (now === undefined) return [{ code: 'file-missing', serious: true, path }];
    if (sha256(now.bytes) !== entry.after) return [{ code: 'file-changed', serious: true, path }];
    const isHook =
      /(?:^|\/)hooks\/|custom_hooks\//.test(entry.path) && !path.endsWith('.before-cordon');
    if (isHook && (now.mode & 0o111) === 0)
      return [{ code: 'not-executable', serious: true, path }];
    return [];
  });
}

/** Asks the installed script itself what it would start, as bare of an environment as git can be. */
function findEngine(
  repository: InstalledRepository,
  manifest: Manifest,
  env: NodeJS.ProcessEnv,
): InstallProblem[] {
  const script = join(cordonDir(repository), 'run.sh');
  const ask = `cordon_hook=pre-push; . "$1"; cordon_make_path
cordon_find_node || cordon_node_found=
cordon_find_runtime || cordon_main=
printf '%s\\0' "$cordon_node_found" "\${cordon_main%/cordon.mjs}" "$cordon_runtime"`;
  const { HOME: home = '', XDG_DATA_HOME: data } = env;
  const asked = spawnSync('/bin/sh', ['-c', ask, 'sh', script], {
    cwd: repository.top,
    env: {
      HOME: home,
      PATH: '',
      ...(data === undefined ? {} : { XDG_DATA_HOME: data }),
      ...(repository.bare ? { GIT_DIR: '.' } : {}),
    },
    encoding: 'utf8',
  });
  const [node = '', found = '', recorded = ''] = asked.stdout.split('\0');
  const problems: InstallProblem[] = [];
  if (node === '') problems.push({ code: 'node-missing', serious: true, path: manifest.node });
  else if (node !== manifest.node) {
    problems.push({ code: 'node-moved', serious: false, path: manifest.node, found: node });
  }
  if (found === '') problems.push({ code: 'runtime-missing', serious: true, path: recorded });
  else if (!isRuntimeWhole(found)) {
    problems.push({ code: 'runtime-changed', serious: true, path: found });
  }
  return problems;
}

/** Rare hooks get a stub only where one stood; one that came later does not run. */
function findUnpassed(
  repository: InstalledRepository,
  { kind }: Manifest,
  previous: string | undefined,
): InstallProblem[] {
  if (kind === 'server' || previous === undefined) return [];
  const stubs = listHooks(join(cordonDir(repository), 'hooks'));
  const rare: readonly string[] = hooksPassedIfPresent;
  return listHooks(previous)
    .filter((name) => rare.includes(name) && !stubs.includes(name))
    .map((name) => ({ code: 'hook-not-passed', serious: false, path: join(previous, name) }));
}
