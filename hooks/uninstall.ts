import { runGit } from '../core/git/index.ts';
import { listTouched, uninstallRepository } from '../core/install/index.ts';
import { renderError } from '../core/report/index.ts';
import { readArguments } from './arguments.ts';
import { messagesOf } from './output.ts';
import { prepareRecord } from './record-install.ts';
import { folderOf } from './session.ts';

/** What Cordon keeps in a repository and can make again; the last is a name, and the next one serves as well. */
const caches = ['facts', 'labels', 'last.json', 'seen', 'repository-id'];

/** `cordon.url` means nothing without Cordon. Where it is not set, git says so with 5. */
async function forgetUrl(dir: string): Promise<void> {
  await runGit({ dir }, ['config', '--local', '--unset-all', 'cordon.url'], { okCodes: [5] });
}

/** Takes back all that init did. */
export async function uninstall(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args, {});
  // Which repository it is, and how names are kept, has to be asked while it is all there.
  const record = await prepareRecord(folderOf(parsed));
  const result = uninstallRepository(folderOf(parsed), process.env, caches);
  const say = (line: string) => process.stdout.write(`${line}\n`);
  if (!result.wasInstalled) say(messagesOf(parsed).install.notInstalled);
  for (const line of listTouched(result.touched, result.repository.top)) say(`  ${line}`);
  if (result.wasInstalled && result.repository.bare) await forgetUrl(folderOf(parsed));
  if (result.wasInstalled) {
    const failure = await record([{ kind: 'posture', circumstances: ['uninstalled'] }]);
    const messages = messagesOf(parsed);
    if (failure !== undefined) {
      process.stderr.write(`${renderError(failure, 'terminal', messages)}\n`);
    }
  }
  return 0;
}
