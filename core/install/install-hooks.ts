import { join } from 'node:path';
import type { FileChange } from './plan-changes.ts';
import { addInclude, hasInclude, includeIsLast, removeInclude } from './config-include.ts';
import { dispatchScript, hookStub } from './dispatcher.ts';
import { cordonDir, relativeHooksPath } from './find-repository.ts';
import type { InstalledRepository } from './find-repository.ts';
import { gateHooks, hooksPassedIfPresent, passedHooks } from './hook-names.ts';
import type { PinnedHome } from './pin-home.ts';
import { listHooks, previousHooksDir } from './previous-hooks.ts';
import { quoteForConfig, quoteForGitdirPattern } from './quote.ts';
import { runScript } from './run-script.ts';

export interface HookInstallation {
  readonly node: string;
  readonly runtime: { readonly id: string; readonly directory: string };
  readonly home: PinnedHome | undefined;
  readonly remedy: string;
}

/** A change to the text of git's configuration that can be taken back. */
export interface Edit {
  readonly make: (text: string) => string;
  readonly undo: (text: string) => string;
}

const ownedIn =
  (within: string) =>
  (path: string, text: string, mode: number): FileChange => ({
    path,
    mode,
    within,
    owned: true,
    make: () => ({ bytes: Buffer.from(text) }),
  });

/** Cordon's own files in the common git directory. Nothing uses them until the include stands. */
export function dispatcherChanges(
  repository: InstalledRepository,
  { node, runtime, home, remedy }: HookInstallation,
  env: NodeJS.ProcessEnv = process.env,
): FileChange[] {
  const dir = cordonDir(repository);
  const owned = ownedIn(repository.commonDir);
  const present = listHooks(previousHooksDir(repository, env));
  const names = [
    ...gateHooks,
    ...passedHooks,
    ...hooksPassedIfPresent.filter((name) => present.includes(name)),
  ];
  const run = runScript({ node, runtime: runtime.directory, runtimeId: runtime.id, remedy });
  return [
    owned(join(dir, 'run.sh'), run, 0o644),
    owned(join(dir, 'dispatch.sh'), dispatchScript, 0o644),
    ...names.map((name) => owned(join(dir, 'hooks', name), hookStub, 0o755)),
    owned(join(dir, 'config.here'), hooksPath(join(dir, 'hooks')), 0o644),
    owned(join(dir, 'config'), includedConfig(repository, home), 0o644),
  ];
}

const hooksPath = (path: string): string => `[core]\n\thooksPath = ${quoteForConfig(path)}\n`;

/**
 * The absolute path serves all worktrees and `cd .git && git push`; the relative one takes over
 * where the repository was moved, copied, or is mounted at another place in a container: git skips
 * hooks in silence when the folder is not there.
 */
function includedConfig(repository: InstalledRepository, home: PinnedHome | undefined): string {
  const moved = relativeHooksPath(repository);
  const here = quoteForGitdirPattern(repository.commonDir);
  const included = ['', '/'].map(
    (end) => `[includeIf "gitdir:${here}${end}"]\n\tpath = config.here\n`,
  );
  return [
    '# Written by `cordon init`.\n',
    home === undefined
      ? ''
      : `[cordon]\n\thome = ${quoteForConfig(home.url)}\n\thomeBranch = ${quoteForConfig(home.branch)}\n`,
    ...(moved === undefined
      ? ['[include]\n\tpath = config.here\n']
      : [hooksPath(moved), ...included]),
  ].join('');
}

/**
 * The include that switches the dispatcher on; must be the last change of all.
 *
 * @param besides Further edits of the configuration, such as husky's own setting, and their undoing.
 */
export function includeChange(
  { commonDir }: InstalledRepository,
  besides: Edit = { make: (text) => text, undo: (text) => text },
): FileChange {
  return {
    path: join(commonDir, 'config'),
    mode: 0o644,
    // Some keep it in a folder of their own; a clone cannot bring it along.
    within: '/',
    make: (current) => {
      // latin1 keeps every byte of a file that may hold names in any encoding.
      const text = current?.toString('latin1') ?? '';
      const prepared = besides.make(text);
      if (prepared === text && hasInclude(text) && includeIsLast(text)) return undefined;
      return {
        bytes: Buffer.from(addInclude(prepared), 'latin1'),
        without: Buffer.from(besides.undo(removeInclude(text)), 'latin1'),
      };
    },
  };
}
