import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The user's folder of Cordon, by the XDG base directory specification: a relative `XDG_DATA_HOME` counts
 * as unset. A server's hook may run without HOME: then the system's word for this user counts. Undefined
 * where neither tells.
 */
export function userFolder(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const { XDG_DATA_HOME: data = '', HOME: home = '' } = env;
  if (isAbsolute(data)) return join(data, 'cordon');
  const own = isAbsolute(home) ? home : homeOfUser();
  return isAbsolute(own) ? join(own, '.local', 'share', 'cordon') : undefined;
}

function homeOfUser(): string {
  try {
    return homedir();
  } catch {
    // No HOME, and no entry for this user: nothing can have been registered either.
    return '';
  }
}
