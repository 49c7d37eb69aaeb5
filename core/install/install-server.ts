import { join, relative } from 'node:path';
import { lstatSync, rmSync } from 'node:fs';
import { CordonError } from '../error.ts';
import { changeFiles } from './change-files.ts';
import { readFileAt, resolvePath } from './write-file.ts';
import type { FileChange, Touched } from './plan-changes.ts';
import { findNode } from './find-node.ts';
import { cordonDir, findRepository } from './find-repository.ts';
import type { InstalledRepository } from './find-repository.ts';
import { git } from './git.ts';
import { installRuntime } from './install-runtime.ts';
import type { Runtime, RuntimeSource } from './install-runtime.ts';
import { readManifest } from './manifest.ts';
import { remedies } from './messages.ts';
import { quoteForShell } from './quote.ts';
import { runScript } from './run-script.ts';
import { pruneRuntimes, removeIfEmpty } from './runtime-users.ts';

/**
 * Where a server takes a repository's own pre-receive from.
 * - `plain`: `hooks/pre-receive`, as git itself does.
 * - `gitea`: Gitea and Forgejo run each file of `hooks/pre-receive.d/` from a `hooks/pre-receive` of
 *   their own.
 * - `gitlab`: Gitaly runs each file of `custom_hooks/pre-receive.d/`.
 */
export type ServerLayout = 'plain' | 'gitea' | 'gitlab';

export interface ServerOptions {
  /** The bare repository. */
  readonly cwd: string;
  readonly runtime: RuntimeSource;
  /** Default: by the folders that are there. */
  readonly layout?: ServerLayout;
  readonly env?: NodeJS.ProcessEnv;
  readonly running?: string;
  readonly onStep?: (step: string) => void;
}

export interface ServerResult {
  readonly repository: InstalledRepository;
  readonly layout: ServerLayout;
  readonly hook: string;
  readonly runtime: Runtime;
  readonly node: string;
  /** False where the only Node.js at hand lies in a folder that the git user may not have. */
  readonly nodeLasting: boolean;
  readonly touched: readonly Touched[];
  readonly undo: () => void;
}

const serverMark =
  '# Cordon judges what this repository receives. Written by `cordon init --server`.';

/** The hook that stood at `hooks/pre-receive` stands beside ours, and runs once Cordon allowed. */
const beside = 'pre-receive.before-cordon';

const serverHook = (dir: string): string => String.raw`#!/bin/sh
${serverMark}
cordon_hook=pre-receive
cordon_dir=${quoteForShell(dir)}
[ -r "$cordon_dir/run.sh" ] || cordon_dir=$PWD/cordon
if ! [ -r "$cordon_dir/run.sh" ]; then
  echo "cordon: files of Cordon are missing from $cordon_dir, so nothing was checked and this push is stopped. ${remedies.server.replaceAll('`', '\\`')}" >&2
  exit 1
fi
. "$cordon_dir/run.sh"
cordon_user_path=$PATH
cordon_make_path
PATH=$cordon_path
# The refs arrive once. The "x" keeps the last newline, which a substitution would take off.
cordon_input=$(cat; printf x)
cordon_input=${'${cordon_input%x}'}
printf %s "$cordon_input" 2>/dev/null | cordon_run pre-receive "$@" || exit $?
PATH=$cordon_user_path
cordon_next=${'${0%/*}'}/${beside}
if [ "${'${0##*/}'}" = pre-receive ] && [ -f "$cordon_next" ] && [ -x "$cordon_next" ]; then
  printf %s "$cordon_input" 2>/dev/null | "$cordon_next" "$@"
  exit $?
fi
exit 0
`;

const isServerHook = (bytes: Buffer): boolean =>
  bytes.toString('latin1').split('\n', 2)[1] === serverMark;

/**
 * Puts Cordon's pre-receive into a bare repository, with the runtime inside it, so that whoever git
 * runs as can read it. A hook that stood there is kept, byte for byte, and runs after Cordon.
 *
 * @throws CordonError `usage` (not bare), `install.foreign-hook` (git takes the hooks of this
 *   repository from a folder outside it), `install.read-only`, `io.disk-full`.
 */
export function installServer(options: ServerOptions): ServerResult {
  const { env = process.env } = options;
  const repository = findRepository(options.cwd, env);
  const { commonDir } = repository;
  if (!repository.bare)
    throw new CordonError('usage', { reason: 'not-bare', path: repository.top });
  const layout = options.layout ?? findLayout(commonDir);
  const hook = join(commonDir, places[layout]);
  checkHooksFolder(repository, layout, env);
  const previous = readManifest(commonDir);
  const node = findNode(commonDir, env, options.running, true);
  const dir = cordonDir(repository);
  const made = lstatSync(dir, { throwIfNoEntry: false }) === undefined;
  const runtime = installRuntime(options.runtime, dir, options.onStep);
  const undoRuntime = (): void => {
    if (!runtime.created) return;
    rmSync(runtime.directory, { recursive: true, force: true });
    for (const folder of [join(dir, 'runtime'), ...(made ? [dir] : [])]) removeIfEmpty(folder);
  };
  const applied = orUndo(undoRuntime, () =>
    changeFiles(
      commonDir,
      [
        owned(
          commonDir,
          join(dir, 'run.sh'),
          0o644,
          runScript({
            node: node.path,
            runtime: runtime.directory,
            runtimeId: runtime.id,
            remedy: remedies.server,
          }),
        ),
        ...(layout === 'plain' ? keepPrevious(commonDir, hook) : []),
        {
          path: hook,
          within: commonDir,
          mode: 0o755,
          owned: true,
          make: (current) => {
            const bytes = Buffer.from(serverHook(dir));
            return current === undefined || isServerHook(current)
              ? { bytes }
              : { bytes, without: current };
          },
        },
      ],
      previous,
      {
        schema: 1,
        kind: 'server',
        runtime: runtime.id,
        node: node.path,
        huskySet: false,
      },
      options.onStep,
      made ? [dir] : [],
    ),
  );
  pruneRuntimes(dir, runtime.id);
  return {
    repository,
    layout,
    hook,
    runtime,
    node: node.path,
    nodeLasting: node.lasting,
    touched: applied.touched,
    undo: () => {
      applied.undo();
      undoRuntime();
    },
  };
}

function orUndo<T>(undo: () => void, act: () => T): T {
  try {
    return act();
  } catch (error) {
    undo();
    throw error;
  }
}

const places: Readonly<Record<ServerLayout, string>> = {
  plain: 'hooks/pre-receive',
  gitea: 'hooks/pre-receive.d/cordon',
  gitlab: 'custom_hooks/pre-receive.d/cordon',
};

const owned = (within: string, path: string, mode: number, text: string): FileChange => ({
  path,
  within,
  mode,
  owned: true,
  make: () => ({ bytes: Buffer.from(text) }),
});

function findLayout(commonDir: string): ServerLayout {
  const isFolder = (name: string): boolean =>
    lstatSync(join(commonDir, name), { throwIfNoEntry: false })?.isDirectory() === true;
  if (isFolder('custom_hooks')) return 'gitlab';
  return isFolder('hooks/pre-receive.d') ? 'gitea' : 'plain';
}

/** A hook in a folder that git does not look into would be a wall that is not there. */
function checkHooksFolder(
  { top, commonDir }: InstalledRepository,
  layout: ServerLayout,
  env: NodeJS.ProcessEnv,
): void {
  if (layout === 'gitlab') return;
  const asked = git(top, ['rev-parse', '--path-format=absolute', '--git-path', 'hooks'], env);
  const path = asked.replace(/\n$/, '');
  // A `hooks` that is a link is shared with other repositories.
  if (relative(join(commonDir, 'hooks'), resolvePath(path)) !== '') {
    throw new CordonError('install.foreign-hook', { path, reason: 'hooks-path' });
  }
}

function keepPrevious(within: string, hook: string): FileChange[] {
  const stood = readFileAt(hook);
  if (stood === undefined || isServerHook(stood.bytes)) return [];
  return [
    {
      path: join(hook, '..', beside),
      within,
      mode: stood.mode,
      owned: true,
      make: () => ({ bytes: stood.bytes }),
    },
  ];
}
