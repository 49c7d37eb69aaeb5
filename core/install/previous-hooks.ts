import {
  accessSync,
  constants,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import type { Touched } from './plan-changes.ts';
import { stubMark } from './dispatcher.ts';
import { cordonDir } from './find-repository.ts';
import type { InstalledRepository } from './find-repository.ts';
import { tryGit } from './git.ts';
import { systemCode } from './write-errors.ts';

/**
 * The folder git would take hooks from without Cordon, absolute; the dispatcher asks the same
 * question each time it runs. `undefined` where hooks are switched off by an empty setting.
 */
export function previousHooksDir(
  { top, commonDir }: InstalledRepository,
  env: NodeJS.ProcessEnv = process.env,
): string | undefined {
  const { code, stdout } = tryGit(
    top,
    ['config', '--type=path', '--get', 'core.hooksPath', '!(^|/)cordon/hooks$'],
    env,
  );
  if (code !== 0) return join(commonDir, 'hooks');
  const set = stdout.replace(/\n$/, '');
  return set === '' ? undefined : resolve(top, set);
}

/** Names of the hooks in `folder` that git would run. */
export function listHooks(folder: string | undefined): string[] {
  if (folder === undefined) return [];
  try {
    return readdirSync(folder).filter(
      (name) => !name.includes('.') && isRunnable(join(folder, name)),
    );
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return [];
    throw error;
  }
}

function isRunnable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (systemCode(error) === '') throw error;
    return false;
  }
}

export const isStub = (text: string): boolean => text.split('\n', 2)[1] === stubMark;

/**
 * Tools that ask git for the hooks folder write into Cordon's. Their hooks go where they would have
 * gone without Cordon, so that the dispatcher passes on to them; where that place is taken, into the
 * backups. Nothing is deleted but copies of our own stub.
 */
export function rescueForeignHooks(
  repository: InstalledRepository,
  env: NodeJS.ProcessEnv = process.env,
): Touched[] {
  const folder = join(cordonDir(repository), 'hooks');
  const previous = previousHooksDir(repository, env) ?? join(repository.commonDir, 'hooks');
  const touched: Touched[] = [];
  for (const name of list(folder)) {
    const path = join(folder, name);
    if (!statSync(path).isFile()) continue;
    if (isStub(readFileSync(path, 'latin1'))) {
      if (name.includes('.')) rmSync(path);
      continue;
    }
    const wanted = join(previous, name);
    const free = statSync(wanted, { throwIfNoEntry: false }) === undefined;
    const place =
      free && isFolder(previous) ? wanted : join(cordonDir(repository), `foreign-${name}`);
    renameSync(path, place);
    touched.push({ path: place, how: 'moved' });
  }
  return touched;
}

const isFolder = (path: string): boolean =>
  statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return [];
    throw error;
  }
}
