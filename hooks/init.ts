import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NewEvent } from '../core/audit/index.ts';
import {
  describeNote,
  describeProblem,
  initRepository,
  inspectInstall,
  installServer,
  listTouched,
  selfTest,
  type Touched,
} from '../core/install/index.ts';
import { renderError } from '../core/report/index.ts';
import { initialPolicy } from '../core/policy/index.ts';
import { choice, readArguments, type Parsed } from './arguments.ts';
import { noticeHere, prepareRecord } from './record-install.ts';
import { messagesOf, version } from './output.ts';
import { holdInterrupts } from './interrupts.ts';
import { folderOf } from './session.ts';

const POLICY_FILE = '.cordon/policy.yaml';

const options = {
  server: { type: 'boolean' },
  url: { type: 'string' },
  layout: { type: 'string' },
} as const;

/** The folder of the running build: what is copied as the hooks' runtime. */
const build = dirname(fileURLToPath(import.meta.url)).replace(/[\\/]chunks$/, '');

const runtime = {
  from: build,
  version,
  files: ['policy.schema.json', 'chunks/husky', 'public-words.bin', 'public-grams.bin'],
};

const say = (line = '') => process.stdout.write(`${line}\n`);

/** Guards a repository, and shows that it is. */
export async function init(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args, options);
  return parsed.values['server'] === true ? initServer(parsed) : initClone(parsed);
}

async function initClone(parsed: Parsed): Promise<number> {
  const cwd = folderOf(parsed);
  const { install: texts } = messagesOf(parsed);
  const missing = await noticeHere(cwd);
  // At once, for it may yet fail or be interrupted. Whether it could be written is told at the end.
  if (missing.events.length > 0) await (await prepareRecord(cwd))([], missing);
  const install = () =>
    initRepository({
      cwd,
      runtime,
      policy: (pushUrls) => ({
        policy: initialPolicy({ destinations: pushUrls, salt: randomBytes(16).toString('hex') }),
        schema: readFileSync(join(build, 'policy.schema.json'), 'utf8'),
      }),
    });
  const { result, finished } = await installAndProve({
    cwd,
    install,
    tell({ repository, touched, notes }) {
      say(texts.at(version, repository.top));
      for (const line of listTouched(touched, repository.top)) say(`  ${line}`);
      for (const note of notes) say(`  ${describeNote(note)}`);
    },
    finish: () => inspectInstall(cwd),
  });
  const { repository, touched } = result;
  const { top } = repository;
  const { problems, effective } = finished;
  for (const problem of problems) say(`  ! ${describeProblem(problem)}`);
  say();
  say(texts.provenHere);
  await record(parsed, cwd, [
    { kind: 'posture', circumstances: ['installed', ...problems.map(({ code }) => code)] },
    ...policyEvents(touched),
  ]);
  say(texts.next(relative(process.cwd(), join(top, POLICY_FILE)) || POLICY_FILE));
  // Installed and proven, and yet git would run something else here: that is no success.
  return effective ? 0 : 1;
}

async function initServer(parsed: Parsed): Promise<number> {
  const cwd = folderOf(parsed);
  const layout = choice(parsed, 'layout', ['auto', 'plain', 'gitea', 'gitlab'] as const, 'auto');
  const { install: texts } = messagesOf(parsed);
  const install = () => installServer({ cwd, runtime, ...(layout !== 'auto' && { layout }) });
  const url = parsed.values['url'];
  await installAndProve({
    cwd,
    install,
    tell({ repository: { top }, touched, layout: found }) {
      say(`${texts.at(version, top)} (${found})`);
      for (const line of listTouched(touched, top)) say(`  ${line}`);
    },
    finish: async () => {
      if (typeof url === 'string') await setUrl(cwd, url);
    },
  });
  say();
  say(texts.provenServer);
  await record(parsed, cwd, [{ kind: 'posture', circumstances: ['installed', 'server'] }]);
  if (typeof url !== 'string') {
    say(texts.nameServer);
  }
  return 0;
}

interface Steps<Result, Finished> {
  readonly cwd: string;
  readonly install: () => Result | Promise<Result>;
  readonly tell: (result: Result) => void;
  /** The last that asks git: an interrupt reaches git too, and must not look like a failure of what stands. */
  readonly finish: () => Finished | Promise<Finished>;
}

/** Installs, and takes it back where it is interrupted or cannot be shown to work. */
async function installAndProve<Result extends { readonly undo: () => void }, Finished>({
  cwd,
  install,
  tell,
  finish,
}: Steps<Result, Finished>): Promise<{ readonly result: Result; readonly finished: Finished }> {
  const { signal, check } = holdInterrupts();
  let result: Result | undefined;
  try {
    result = await install();
    await check();
    tell(result);
    await selfTest({ cwd, signal });
    const finished = await finish();
    await check();
    return { result, finished };
  } catch (error) {
    // What cannot be shown to work is not left standing as if it did.
    result?.undo();
    // Ctrl-C reaches git too, and what git then says is not what went wrong.
    await check();
    throw error;
  }
}

/** People must know that they are recorded, and where to see it. */
async function record(parsed: Parsed, cwd: string, events: readonly NewEvent[]): Promise<void> {
  const messages = messagesOf(parsed);
  const mended = await noticeHere(cwd);
  const failure = await (await prepareRecord(cwd))(events, mended);
  if (failure === undefined) say(messages.recording.told);
  else process.stderr.write(`${renderError(failure, 'terminal', messages)}\n`);
}

function policyEvents(touched: readonly Touched[]): NewEvent[] {
  const policy = touched.find(({ path }) => path.endsWith(`/${POLICY_FILE}`));
  return policy?.how === 'created'
    ? [{ kind: 'policy-change', path: POLICY_FILE, circumstances: ['created'] }]
    : [];
}

async function setUrl(cwd: string, url: string): Promise<void> {
  const { runGit } = await import('../core/git/index.ts');
  await runGit({ dir: cwd }, ['config', '--local', 'cordon.url', url]);
}
