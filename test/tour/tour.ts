import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { attention, tourSteps, type Step } from './steps.ts';

/**
 * `npm start`: Cordon at work on this machine. Makes a small model repository with remotes, guards it,
 * makes real pushes through the installed hook, shows each answer, and leaves it all there.
 */

const here = process.cwd();
const command = join(here, 'dist', 'cordon.mjs');
const colour = process.stdout.isTTY && !process.env['NO_COLOR'];
const paint = (code: number, text: string) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);
const say = (text = '') => process.stdout.write(`${text}\n`);

interface Answer {
  readonly code: number;
  readonly output: string;
}

function main(): number {
  const { values } = parseArgs({ options: { repo: { type: 'string' } } });
  return values.repo === undefined ? tour() : guard(resolve(values.repo));
}

/** Guards a repository of the user's: the very command they would type, from this build. */
function guard(repo: string): number {
  say(`Guarding ${repo}\n`);
  const { status } = spawnSync(process.execPath, [command, 'init', '--repo', repo], {
    stdio: 'inherit',
  });
  return status ?? 3;
}

function tour(): number {
  const root = freshFolder(join(here, 'tour'));
  const repo = join(root, 'model');
  const run = runnerIn(root);
  say(`${paint(1, 'A tour of Cordon')}  in ${relative(here, root)}\n`);
  progress('making a model repository and five remotes');
  makeRepository(root, run);
  progress('cordon init, as its admin would type it');
  const init = run(repo, process.execPath, [command, 'init']);
  if (init.code !== 0) {
    say(init.output);
    return 1;
  }
  say(indent(init.output));
  run(repo, process.execPath, [command, 'init', '--server', '--repo', join(root, 'wall.git')]);
  progress('the admin marks the training code and says what may go where');
  writePolicy(root, run);

  progress('and registers it, so that copies of it are known');
  must(run(repo, process.execPath, [command, 'register', '--no-background']));

  const steps = tourSteps();
  const wrong = steps.filter((step, index) => {
    const title = `${index + 1} of ${steps.length}  ${step.title}`;
    say(`\n${paint(1, title)}\n${paint(2, step.why)}\n`);
    return !showStep(step, repo, run);
  });
  const held = showRecord(root, repo, run);
  return close(
    root,
    steps.length,
    held ? wrong.map(({ title }) => title) : [...wrong.map(({ title }) => title), 'the record'],
  );
}

/** Shows what was recorded, and that an edit is found: of a copy, so that the record itself stays whole. */
function showRecord(root: string, repo: string, run: Runner): boolean {
  say(
    `\n${paint(1, 'The record')}\n${paint(2, 'Every one of these acts was recorded as it happened.')}\n`,
  );
  say(paint(36, '$ cordon log tail -n 5'));
  say(indent(run(repo, process.execPath, [command, 'log', 'tail', '-n', '5']).output));
  const whole = run(repo, process.execPath, [command, 'log', 'verify']);
  say(paint(36, '\n$ cordon log verify'));
  say(indent(whole.output));
  const state = join(root, '.local/state');
  const edited = join(root, 'edited-state');
  cpSync(state, edited, { recursive: true });
  const segment = readdirSync(edited, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => join(edited, name))
    .find((file) => readFileSync(file, 'utf8').includes('"verdict":"block"'));
  if (segment === undefined) return false;
  const text = readFileSync(segment, 'utf8');
  writeFileSync(segment, text.replace('"verdict":"block"', '"verdict":"allow"'));
  say(
    paint(36, '\n$ sed -i s/block/allow/ (one line, in a copy of the record) && cordon log verify'),
  );
  const broken = run(repo, 'env', [
    `XDG_STATE_HOME=${edited}`,
    process.execPath,
    command,
    'log',
    'verify',
  ]);
  say(indent(broken.output));
  const right = whole.code === 0 && broken.code === 1;
  say(
    right
      ? paint(32, '  as it should: the edit is found')
      : paint(31, '  WRONG: the edit is not found'),
  );
  return right;
}

type Runner = (cwd: string, program: string, args: readonly string[]) => Answer;

/** Runs a program with nothing of the user's own settings, and nothing outside the tour's folder. */
function runnerIn(root: string): Runner {
  const identity = { NAME: 'Tour', EMAIL: 'tour@cordon.example' };
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: root,
    XDG_DATA_HOME: join(root, 'data'),
    XDG_STATE_HOME: join(root, '.local/state'),
    GIT_CONFIG_GLOBAL: join(root, 'gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: identity.NAME,
    GIT_AUTHOR_EMAIL: identity.EMAIL,
    GIT_COMMITTER_NAME: identity.NAME,
    GIT_COMMITTER_EMAIL: identity.EMAIL,
    GIT_TERMINAL_PROMPT: '0',
    ...(colour && { FORCE_COLOR: '1' }),
  };
  return (cwd, program, args) => {
    const done = spawnSync(program, args, { cwd, env, encoding: 'utf8' });
    if (done.error !== undefined) throw done.error;
    return { code: done.status ?? 3, output: `${done.stdout}${done.stderr}` };
  };
}

function must(answer: Answer): void {
  if (answer.code !== 0) throw new Error(answer.output);
}

function makeRepository(root: string, run: Runner): void {
  writeFileSync(
    join(root, 'gitconfig'),
    '[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n',
  );
  for (const remote of ['origin', 'public', 'personal', 'vault', 'wall']) {
    must(run(root, 'git', ['init', '--quiet', '--bare', `${remote}.git`]));
  }
  must(run(root, 'git', ['init', '--quiet', 'model']));
  const repo = join(root, 'model');
  must(run(repo, 'git', ['remote', 'add', 'origin', join(root, 'origin.git')]));
  write(repo, {
    'README.md': '# The model\n\nTraining code of a small model.\n',
    'src/model/attention.py': attention,
    'configs/base.yaml': 'layers: 2\nwidth: 256\n',
  });
  must(run(repo, 'git', ['add', '--all']));
  must(run(repo, 'git', ['commit', '--quiet', '-m', 'Start the model']));
}

function writePolicy(root: string, run: Runner): void {
  const repo = join(root, 'model');
  for (const remote of ['public', 'personal', 'vault', 'wall']) {
    must(run(repo, 'git', ['remote', 'add', remote, join(root, `${remote}.git`)]));
  }
  const cleared = { origin: 'restricted', vault: 'weights', public: 'public', wall: 'restricted' };
  write(repo, {
    '.cordon/policy.yaml': [
      '# yaml-language-server: $schema=./policy.schema.json',
      'version: 1',
      'labels: [public, internal, restricted, weights]   # lowest first',
      'defaultLabel: internal',
      'markings:',
      "  - {paths: ['src/model/**'], label: restricted}",
      "  - {paths: ['docs/**'], label: public}",
      'weights: {label: weights}',
      'destinations:',
      ...Object.entries(cleared).map(
        ([name, label]) =>
          `  - {url: ${JSON.stringify(join(root, `${name}.git`))}, clearance: ${label}}`,
      ),
      '',
    ].join('\n'),
  });
  must(run(repo, 'git', ['add', '--all']));
  must(
    run(repo, 'git', ['commit', '--quiet', '-m', 'Say what is classified and what may go where']),
  );
}

/** Makes the step's commits, pushes, shows the answer. True where it came out as it should. */
function showStep(step: Step, repo: string, run: Runner): boolean {
  if (step.orphan === true) {
    must(run(repo, 'git', ['switch', '--quiet', '--orphan', step.branch]));
  } else if (step.commits.length > 0) {
    must(run(repo, 'git', ['switch', '--quiet', '-c', step.branch, 'main']));
  }
  for (const { message, files } of step.commits) {
    write(repo, files);
    must(run(repo, 'git', ['add', '--all']));
    // The local gate is shown at the push: the commit hook would already stop the key.
    must(run(repo, 'git', ['commit', '--quiet', '--no-verify', '-m', message]));
  }
  say(paint(36, `$ git push ${step.push.join(' ')}`));
  const answer = run(repo, 'git', ['push', ...step.push]);
  say(indent(answer.output));
  must(run(repo, 'git', ['switch', '--quiet', 'main']));
  const stopped = answer.code !== 0;
  const byServer = answer.output.includes('remote: cordon');
  const came = !stopped ? 'goes through' : byServer ? 'refused by the server' : 'stopped here';
  const right = came === step.expect;
  say(
    right
      ? paint(32, `  as it should: ${came}`)
      : paint(31, `  WRONG: ${came}, not ${step.expect}`),
  );
  return right;
}

function close(root: string, count: number, wrong: readonly string[]): number {
  say();
  if (wrong.length > 0) {
    say(paint(31, `Not all ${count} came out right: ${wrong.join('; ')}`));
    return 1;
  }
  const at = relative(here, join(root, 'model'));
  say(paint(32, `All ${count} came out as they should.`));
  say(`\nThe repository is yours to play with:\n`);
  say(`  cd ${at}`);
  say(`  git switch notes && git push origin notes      # try it again`);
  say(`  node ${relative(join(root, 'model'), command)} explain src/model/attention.py`);
  say(`\nTo guard a repository of yours:  npm start -- --repo ../mine`);
  return 0;
}

function write(repo: string, files: Readonly<Record<string, string | Buffer | null>>): void {
  for (const [path, content] of Object.entries(files)) {
    const file = join(repo, path);
    if (content === null) {
      rmSync(file);
      continue;
    }
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}

/** The next free number: what an earlier tour left, and what was done in it since, stays. */
function freshFolder(parent: string): string {
  let number = 1;
  while (existsSync(join(parent, String(number)))) number += 1;
  const folder = join(parent, String(number));
  mkdirSync(folder, { recursive: true });
  return folder;
}

const progress = (text: string) => say(paint(2, `· ${text}`));
const indent = (text: string) => text.trimEnd().replace(/^/gm, '  ');

process.exitCode = main();
