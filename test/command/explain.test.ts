import { expect, test } from 'vitest';
import { cordon, makeLab, makeToken, makeWeights, policyFor } from '../support/lab.ts';
import type { Ran } from '../support/lab.ts';
import type { TestRepo } from '../support/repo.ts';

interface Explained {
  readonly path: string;
  readonly label: string;
  readonly why: { readonly kind: string; readonly glob?: string; readonly path?: string };
  readonly seen: readonly { readonly kind: string; readonly rule: string }[];
  readonly destinations: readonly { readonly name: string; readonly may: boolean }[];
}

const attention = `def attend(query, key):\n    return ${'query * key + '.repeat(20)}0\n`;

function makeMarked(): TestRepo & Disposable {
  const repo = makeLab();
  repo.addRemote('origin', 'https://git.lab.example/models/alpha.git');
  repo.addRemote('public', 'https://github.com/acme/alpha.git');
  const url = 'https://git.lab.example/models/*';
  repo.commit({
    '.cordon/policy.yaml': policyFor({ [url]: 'restricted' }),
    'src/model/attention.py': attention,
    'readme.md': 'Words.\n',
  });
  repo.commit({ 'docs/helpers.md': attention, 'notes.txt': makeWeights() });
  return repo;
}

async function explain(repo: TestRepo, path: string): Promise<Explained> {
  const ran: Ran = await cordon(repo, ['explain', '--format', 'json', path]);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ran.stdout) as Explained;
}

const goesTo = ({ destinations }: Explained): string[] =>
  destinations.filter(({ may }) => may).map(({ name }) => name);

test('a marked path goes where it is cleared', async () => {
  using repo = makeMarked();
  const told = await explain(repo, 'src/model/attention.py');
  expect(told).toMatchObject({
    path: 'src/model/attention.py',
    label: 'restricted',
    why: { kind: 'marking', glob: 'src/model/**' },
  });
  expect(goesTo(told)).toEqual(['origin']);
});

test('an unmarked path carries the default', async () => {
  using repo = makeMarked();
  const told = await explain(repo, 'readme.md');
  expect(told).toMatchObject({ label: 'internal', why: { kind: 'default' } });
  expect(goesTo(told)).toEqual(['origin']);
});

test('content that stands marked elsewhere keeps its label', async () => {
  using repo = makeMarked();
  const told = await explain(repo, 'docs/helpers.md');
  expect(told).toMatchObject({
    label: 'restricted',
    why: { kind: 'history', path: 'src/model/attention.py' },
  });
});

test('weights are known by content, and a secret leaves for nowhere', async () => {
  using repo = makeMarked();
  const weights = await explain(repo, 'notes.txt');
  expect(weights).toMatchObject({ label: 'weights', why: { kind: 'weights' } });
  expect(goesTo(weights)).toEqual([]);
  repo.write('up.py', `T = "${makeToken()}"\n`);
  const secret = await explain(repo, 'up.py');
  expect(secret.seen).toMatchObject([{ kind: 'secret', rule: 'huggingface-token' }]);
  expect(goesTo(secret)).toEqual([]);
});

test('a path that is not there is judged by its name', async () => {
  using repo = makeMarked();
  expect(await explain(repo, 'src/model/later.py')).toMatchObject({ label: 'restricted' });
  expect(await explain(repo, './docs/../SRC/Model/Later.py')).toMatchObject({
    path: 'SRC/Model/Later.py',
    label: 'restricted',
  });
});

test('from a subfolder the path is relative to it; text says the same', async () => {
  using repo = makeMarked();
  const sub = { dir: `${repo.dir}/src`, env: repo.env };
  const ran = await cordon(sub, ['explain', 'model/attention.py']);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  const lines = ran.stdout.split('\n');
  expect(lines[0]).toContain('src/model/attention.py is restricted');
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(ran.stdout).toContain('src/model/**');
});

test('outside of the repository, without a path, with two, and without a repository', async () => {
  using repo = makeMarked();
  expect((await cordon(repo, ['explain', '../elsewhere.txt'])).code).toBe(2);
  expect((await cordon(repo, ['explain', '/etc/hostname'])).code).toBe(2);
  expect((await cordon(repo, ['explain'])).code).toBe(2);
  expect((await cordon(repo, ['explain', 'a', 'b'])).code).toBe(2);
  expect((await cordon(repo, ['explain', '--format=sarif', 'a'])).code).toBe(2);
  const outside = { dir: '/', env: { ...repo.env, GIT_CEILING_DIRECTORIES: '/' } };
  expect((await cordon(outside, ['explain', 'etc'])).code).toBe(2);
});
