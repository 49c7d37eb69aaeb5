import { dirname, isAbsolute, relative } from 'node:path';
import type { Touched } from './plan-changes.ts';
import type { Note } from './init-repository.ts';
import type { InstallProblem } from './inspect-install.ts';

/** What the installer says to people, in English. One file, so that a second language is another. */
export const remedies = {
  client: 'Run `cordon init` in this repository to mend it.',
  server: 'Ask the administrator to run `cordon init --server` in this repository.',
} as const;

const deeds: Readonly<Record<Touched['how'], string>> = {
  created: 'created',
  edited: 'edited',
  unchanged: 'as it was',
  removed: 'removed',
  restored: 'put back as it was',
  kept: 'kept: it was changed since',
  moved: 'moved here from Cordon’s folder: another tool had put it there',
};

/** A note of `cordon init` as sentences. */
export function describeNote(note: Note): string {
  switch (note.code) {
    case 'home-pinned':
      return note.known
        ? `Home is ${note.url}, branch ${note.branch}.`
        : `Home is ${note.url}, branch ${note.branch} (this clone does not know the default branch; this is the likeliest).`;
    case 'home-differs':
      return `Home stays ${note.url}, as pinned before, though the remote is now ${note.now}. To change it: \`cordon uninstall\`, then \`cordon init\`.`;
    case 'home-none':
      return 'No home: there is no remote named origin, and not exactly one other. The policy in each push counts alone until `cordon init` is run with a remote.';
    case 'husky-add':
      return 'So that other clones are guarded too, add to package.json: "scripts": { "prepare": "husky || true" } and husky under "devDependencies", then commit .husky/.';
    case 'husky-foreign':
      return 'husky was not set up: this repository has hooks of its own, which it would switch off. This clone is guarded; each other clone needs `cordon init`.';
    case 'node-in-repository':
      return `The only Node.js found is ${note.path}, inside a repository or node_modules; if it goes, pushes are stopped until \`cordon init\` is run again.`;
    case 'unchanged':
      return 'Already installed; nothing was changed.';
  }
}

/** A problem of `inspectInstall` as a sentence that ends in what to do. */
export function describeProblem(problem: InstallProblem): string {
  switch (problem.code) {
    case 'not-installed':
      return 'Cordon is not installed in this repository. Run `cordon init`.';
    case 'include-missing':
      return `${problem.path} no longer includes Cordon’s settings, so git runs no hook of ours. Run \`cordon init\`.`;
    case 'shadowed':
      return `In ${problem.worktree} git takes hooks from ${problem.hooksDir} (core.hooksPath, ${problem.scope || 'unset'} ${problem.origin}), so Cordon is not asked. Remove that setting, or run \`cordon init\`.`;
    case 'file-missing':
      return `${problem.path} is missing. Run \`cordon init\`.`;
    case 'file-changed':
      return `${problem.path} was changed by something else. Run \`cordon init\`.`;
    case 'not-executable':
      return `${problem.path} is not executable, so git skips it in silence. Run \`cordon init\`.`;
    case 'runtime-missing':
      return `Cordon’s program is missing from ${problem.path}, so pushes are stopped. Run \`cordon init\`.`;
    case 'runtime-changed':
      return `Cordon’s program in ${problem.path} is not what was installed. Run \`cordon init\`.`;
    case 'node-missing':
      return `Node.js is no longer at ${problem.path} nor at a usual place, so pushes are stopped. Install Node.js 20.18 or newer, then run \`cordon init\`.`;
    case 'node-moved':
      return `Node.js is no longer at ${problem.path}; ${problem.found} is used. Run \`cordon init\` to record it.`;
    case 'hook-not-passed':
      return `${problem.path} came after \`cordon init\` and does not run. Run \`cordon init\` again.`;
  }
}

/**
 * The list of files a run touched, one line each, paths relative to `top` where they lie in it. What
 * stayed as it was is left out, and Cordon's own stubs, one for each hook name, are one line.
 */
export function listTouched(touched: readonly Touched[], top: string): string[] {
  const stubs = new Map<string, { how: Touched['how']; names: number }>();
  const lines: string[] = [];
  for (const { path, how } of touched) {
    if (how === 'unchanged') continue;
    const folder = dirname(path);
    const way = relative(top, path);
    const shown = way.startsWith('..') || isAbsolute(way) ? path : way;
    if (!folder.endsWith('/cordon/hooks')) {
      lines.push(`${shown}  ${deeds[how]}`);
      continue;
    }
    const key = `${folder} ${how}`;
    const names = (stubs.get(key)?.names ?? 0) + 1;
    stubs.set(key, { how, names });
  }
  for (const [key, { how, names }] of stubs) {
    const folder = relative(top, key.slice(0, -how.length - 1));
    lines.push(`${folder}/  ${names} ${names === 1 ? 'hook' : 'hooks'} ${deeds[how]}`);
  }
  return lines;
}
