import { chmodSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { formatManifest, manifestName } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { placement, planChanges } from './plan-changes.ts';
import type { FileChange, Placement, Touched } from './plan-changes.ts';
import { removeIfEmpty } from './runtime-users.ts';
import { asWriteError } from './write-errors.ts';
import { replaceFile, resolvePath, takeLock, writeThrough } from './write-file.ts';

export interface Applied {
  readonly touched: readonly Touched[];
  /** Puts every file back to what it was before this run. */
  readonly undo: () => void;
}

/**
 * Makes all changes or none. All is planned by reading alone; the manifest is written first, so that
 * even a killed run can be taken back; then every content goes to a file beside its place, and
 * renames follow in the order given. Git's configuration is written under git's own lock, which is
 * held from the start and so keeps two runs apart.
 *
 * @param describe The manifest without its files and folders.
 * @param madeBefore Folders that this run made already; they go with the rest.
 * @param onStep Called before each step with its name; what it throws undoes everything.
 * @throws CordonError `install.read-only`, `io.disk-full`, `install.foreign-hook`, `git.failed`
 *   (another git process holds the configuration's lock).
 */
export function changeFiles(
  commonDir: string,
  changes: readonly FileChange[],
  previous: Manifest | undefined,
  describe: Omit<Manifest, 'files' | 'folders'>,
  onStep: (step: string) => void = () => undefined,
  madeBefore: readonly string[] = [],
): Applied {
  const config = join(commonDir, 'config');
  const lock = `${resolvePath(config)}.lock`;
  const made: string[] = [...madeBefore];
  const leftovers: string[] = [];
  const done: Placement[] = [];
  const undo = (): void => {
    for (const { path, was } of done.toReversed()) {
      if (was === undefined) rmSync(path, { force: true });
      else replaceFile(path, was.bytes, was.mode);
    }
    for (const path of leftovers) rmSync(path, { force: true });
    for (const folder of made.toReversed()) removeIfEmpty(folder);
  };

  let at = config;
  const step = (name: string, path: string): void => {
    at = path;
    onStep(`${name} ${basename(path)}`);
  };
  const write = ({ fresh, bytes, mode }: Placement): void => {
    if (fresh !== lock) leftovers.push(fresh);
    writeThrough(fresh, bytes, mode, fresh === lock ? 'r+' : 'wx');
  };
  const place = (one: Placement): void => {
    step('place', one.path);
    done.push(one);
    renameSync(one.fresh, one.path);
  };

  const makeFolder = (path: string): void => {
    step('make', path);
    mkdirSync(path);
    // Whoever git runs as on a server must see the hook: one it cannot read is skipped in silence.
    if (describe.kind === 'server') chmodSync(path, 0o755);
    made.push(path);
  };

  try {
    const locked = changes.some(({ path }) => path === config);
    if (locked) {
      takeLock(lock);
      leftovers.push(lock);
    }
    const plan = planChanges(commonDir, changes, previous, onStep);
    const folders = [...madeBefore, ...plan.folders].map((path) => relative(commonDir, path));
    const bytes = formatManifest({
      ...describe,
      folders: [...new Set([...(previous?.folders ?? []), ...folders])],
      files: plan.files,
    });
    const own = join(commonDir, 'cordon');
    if (plan.folders.includes(own)) makeFolder(own);
    const manifest = placement(join(own, manifestName), bytes, 0o644);
    if (manifest.was?.bytes.equals(bytes) !== true) {
      write(manifest);
      place(manifest);
    }
    for (const folder of plan.folders) if (folder !== own) makeFolder(folder);
    for (const one of plan.placements) {
      step('write', one.path);
      write(one);
    }
    for (const one of plan.placements) place(one);
    if (locked && !done.some(({ fresh }) => fresh === lock)) rmSync(lock);
    leftovers.length = 0;
    return { touched: plan.touched, undo };
  } catch (error) {
    undo();
    throw asWriteError(error, at);
  }
}
