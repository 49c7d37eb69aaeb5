import { listTouched, uninstallRepository } from '../core/install/index.ts';
import { readArguments } from './arguments.ts';
import { folderOf } from './session.ts';

/** What Cordon keeps in a repository and can make again. */
const caches = ['facts', 'labels', 'last.json'];

/** Takes back all that init did. */
export function uninstall(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args, {});
  const result = uninstallRepository(folderOf(parsed), process.env, caches);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  if (!result.wasInstalled) say('Cordon was not installed here; nothing was changed.');
  for (const line of listTouched(result.touched, result.repository.top)) say(`  ${line}`);
  return Promise.resolve(0);
}
