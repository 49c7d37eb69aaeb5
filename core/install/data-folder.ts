import { isAbsolute, join } from 'node:path';
import { CordonError } from '../error.ts';

/**
 * The user's folder of Cordon, by the XDG base directory specification: a relative
 * `XDG_DATA_HOME` counts as unset.
 * @throws CordonError `install.no-home`.
 */
export function dataFolder(env: NodeJS.ProcessEnv): string {
  const { XDG_DATA_HOME: data = '', HOME: home = '' } = env;
  if (isAbsolute(data)) return join(data, 'cordon');
  if (!isAbsolute(home)) throw new CordonError('install.no-home');
  return join(home, '.local', 'share', 'cordon');
}
