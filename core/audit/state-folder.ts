import { homedir, userInfo } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

export interface StateFolder {
  readonly path: string;
  /** The environment leads elsewhere than the user's usual place: itself worth an event. */
  readonly moved: boolean;
  /** The usual place, where it is another one. */
  readonly usual?: string;
}

/**
 * Where the record of this user lies: `cordon/record` in `XDG_STATE_HOME`, or in `~/.local/state`. A
 * relative value counts as unset, as the XDG specification says.
 */
export function stateFolder(env: NodeJS.ProcessEnv): StateFolder {
  const usual = join(accountHome(), '.local/state/cordon/record');
  const home = absolute(env['HOME']) ?? accountHome();
  const state = absolute(env['XDG_STATE_HOME']) ?? join(home, '.local/state');
  const path = join(state, 'cordon/record');
  return path === usual ? { path, moved: false } : { path, moved: true, usual };
}

const absolute = (path: string | undefined): string | undefined =>
  path !== undefined && isAbsolute(path) ? resolve(path) : undefined;

/** By the system's own table of users: the environment has no say in it. */
function accountHome(): string {
  try {
    return userInfo().homedir;
  } catch {
    // A user id without an entry, as containers have: then HOME is all there is.
    return environmentHome();
  }
}

/** The home folder as the environment has it; the root of the file system where nothing names any. */
export function environmentHome(): string {
  try {
    return homedir();
  } catch {
    // Neither an entry nor HOME. What `/` is for such a user decides: mostly a place that takes no record.
    return '/';
  }
}
