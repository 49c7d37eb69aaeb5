import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, relative, sep } from 'node:path';
import { CordonError } from '../error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const usualPlaces =
  process.platform === 'win32'
    ? ['C:\\Program Files\\Git\\cmd', 'C:\\Program Files\\Git\\bin']
    : ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/opt/local/bin', '/bin'];
const executable = process.platform === 'win32' ? 'git.exe' : 'git';

/** PATH has one spelling on POSIX and any on Windows. */
function pathOf(env: Environment): string {
  const name = Object.keys(env).find((key) => key.toUpperCase() === 'PATH');
  return (name !== undefined && env[name]) || '';
}

const isWithin = (folder: string, top: string): boolean => {
  const way = relative(top, folder);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
};

/**
 * The PATH without what a repository could fill: relative entries, `node_modules/.bin`, and folders
 * inside `dir`. husky puts `node_modules/.bin` first, so a file named `git` there would run.
 */
export function trustedPath(env: Environment, dir: string): string[] {
  return pathOf(env)
    .split(delimiter)
    .filter(
      (entry) =>
        isAbsolute(entry) &&
        !/[\\/]node_modules[\\/]\.bin[\\/]*$/.test(entry) &&
        !isWithin(entry, dir),
    );
}

function isExecutable(file: string): boolean {
  try {
    if (!statSync(file).isFile()) return false;
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there, in a folder closed to us, or not ours to run: the next place counts.
    return false;
  }
}

const located = new Map<string, string>();

/**
 * The absolute path of git: the trusted PATH, then GIT_EXEC_PATH, then the usual places. Looked up
 * once for each PATH. Throws `git.not-found`.
 */
export function locateGit(env: Environment, dir: string): string {
  const folders = trustedPath(env, dir);
  const key = folders.join(delimiter);
  const known = located.get(key);
  if (known !== undefined) return known;
  const execPath = env['GIT_EXEC_PATH'];
  if (execPath !== undefined && isAbsolute(execPath) && !isWithin(execPath, dir)) {
    folders.push(execPath);
  }
  for (const folder of [...folders, ...usualPlaces]) {
    const file = join(folder, executable);
    if (isExecutable(file)) {
      located.set(key, file);
      return file;
    }
  }
  throw new CordonError('git.not-found', { path: key });
}
