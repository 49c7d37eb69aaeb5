import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CordonError } from '../core/error.ts';
import {
  describeNote,
  describeProblem,
  initRepository,
  inspectInstall,
  installServer,
  listTouched,
  selfTest,
} from '../core/install/index.ts';
import { initialPolicy } from '../core/policy/index.ts';
import { choice, readArguments, type Parsed } from './arguments.ts';
import { messagesOf, version } from './output.ts';
import { folderOf } from './session.ts';

const options = {
  server: { type: 'boolean' },
  url: { type: 'string' },
  layout: { type: 'string' },
} as const;

/** The folder of the running build: what is copied as the hooks' runtime. */
const build = dirname(fileURLToPath(import.meta.url)).replace(/[\\/]chunks$/, '');

const runtime = { from: build, version, files: ['policy.schema.json', 'chunks/husky'] };

const say = (line = '') => process.stdout.write(`${line}\n`);

/** Guards a repository, and shows that it is. */
export async function init(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args, options);
  return parsed.values['server'] === true ? initServer(parsed) : initClone(parsed);
}

async function initClone(parsed: Parsed): Promise<number> {
  const cwd = folderOf(parsed);
  const result = await initRepository({
    cwd,
    runtime,
    policy: (pushUrls) => ({
      policy: initialPolicy({ destinations: pushUrls, salt: randomBytes(16).toString('hex') }),
      schema: readFileSync(join(build, 'policy.schema.json'), 'utf8'),
    }),
  });
  const { install } = messagesOf(parsed);
  const top = result.repository.top;
  say(install.at(version, top));
  for (const line of listTouched(result.touched, top)) say(`  ${line}`);
  for (const note of result.notes) say(`  ${describeNote(note)}`);
  await proveOrUndo(cwd, result.undo);
  const { problems, effective } = inspectInstall(cwd);
  for (const problem of problems) say(`  ! ${describeProblem(problem)}`);
  say();
  say(install.provenHere);
  say(
    install.next(
      relative(process.cwd(), join(top, '.cordon/policy.yaml')) || '.cordon/policy.yaml',
    ),
  );
  // Installed and proven, and yet git would run something else here: that is no success.
  return effective ? 0 : 1;
}

async function initServer(parsed: Parsed): Promise<number> {
  const cwd = folderOf(parsed);
  const layout = choice(parsed, 'layout', ['auto', 'plain', 'gitea', 'gitlab'] as const, 'auto');
  const result = installServer({ cwd, runtime, ...(layout !== 'auto' && { layout }) });
  const url = parsed.values['url'];
  const { install } = messagesOf(parsed);
  const top = result.repository.top;
  say(`${install.at(version, top)} (${result.layout})`);
  for (const line of listTouched(result.touched, top)) say(`  ${line}`);
  await proveOrUndo(cwd, result.undo);
  if (typeof url === 'string') await setUrl(cwd, url);
  say();
  say(install.provenServer);
  if (typeof url !== 'string') {
    say(install.nameServer);
  }
  return 0;
}

async function proveOrUndo(cwd: string, undo: () => void): Promise<void> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  try {
    await selfTest({ cwd, signal: stop.signal });
  } catch (error) {
    // What cannot be shown to work is not left standing as if it did.
    undo();
    throw stop.signal.aborted ? new CordonError('interrupted', {}, error) : error;
  } finally {
    process.off('SIGINT', interrupt);
  }
}

async function setUrl(cwd: string, url: string): Promise<void> {
  const { runGit } = await import('../core/git/index.ts');
  await runGit({ dir: cwd }, ['config', '--local', 'cordon.url', url]);
}
