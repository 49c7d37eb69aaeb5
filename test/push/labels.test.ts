import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Guarded, hasObject, makeGuarded, refOf, told } from '../support/guarded.ts';
import { tensorsOf, writeSafetensors } from '../support/models.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

/** Home may have everything, `open` what is public, `vault` weights, `stranger` is not listed. */
let repo: Guarded;
let open: TestRepo;
let vault: TestRepo;
let stranger: TestRepo;
const attention = Array.from({ length: 12 }, (_, i) => `layer_${i} = attend(q, k, v, ${i})\n`).join(
  '',
);
const licence =
  'Permission is granted to everyone, for everything, without any warranty at all.\n'.repeat(3);
const weights = writeSafetensors({ tensors: tensorsOf(160_000) });

beforeAll(async () => {
  const home = makeRepo({ bare: true });
  open = makeRepo({ bare: true });
  vault = makeRepo({ bare: true });
  const line = (remote: TestRepo, label: string) =>
    `  - {url: ${JSON.stringify(remote.dir)}, clearance: ${label}}`;
  repo = await makeGuarded({
    home,
    policy: [
      'labels: [public, internal, restricted, weights]',
      'defaultLabel: internal',
      'markings:',
      "  - {paths: ['src/model/**', '**/*.ckpt'], label: restricted}",
      "  - {paths: ['docs/**', 'LICENSE', 'README.md', 'lib/**', '**/__init__.py'], label: public}",
      'weights: {label: weights}',
      'destinations:',
      line(home, 'restricted'),
      line(open, 'public'),
      line(vault, 'weights'),
    ].join('\n'),
  });
  repo.addRemote('open', open.dir);
  repo.addRemote('vault', vault.dir);
  stranger = repo.bare('stranger');
  repo.commit({
    'src/model/attention.py': attention,
    'src/model/LICENSE': licence,
    LICENSE: licence,
    'src/model/__init__.py': 'x = 1\n',
  });
  const first = await repo.pushed(['origin', 'main']);
  if (first.code !== 0) throw new Error(first.stderr);
});
afterAll(() => {
  repo.cleanup();
  open.cleanup();
  vault.cleanup();
});

let count = 0;
/** A branch without history; gives its name. */
function orphan(files: Readonly<Record<string, string | Buffer>>): string {
  const name = `orphan-${(count += 1)}`;
  repo.git('switch', '-q', '--orphan', name);
  repo.commit(files);
  return name;
}

test('restricted code to a remote cleared for public content is stopped', async () => {
  const answer = await repo.pushed(['open', 'main']);
  expect(answer).toMatchObject({ code: 1, report: { destination: { clearance: 'public' } } });
  expect(told(answer)).toContain('block label/marked src/model/attention.py');
  expect(open.git('for-each-ref')).toBe('');
});

test('plain code to a remote that nobody listed is stopped, public content is not', async () => {
  const plain = orphan({ 'tools/clean.py': 'print("cleaned")\n' });
  const stopped = await repo.pushed(['stranger', plain]);
  expect(stopped.code).toBe(1);
  expect(told(stopped)).toEqual(['block label/unmarked tools/clean.py']);
  expect(hasObject(stranger, repo.git('rev-parse', plain))).toBe(false);
  const docs = orphan({ 'docs/guide.md': '# Guide\n' });
  expect(await repo.pushed(['stranger', docs])).toMatchObject({ code: 0 });
});

test('weights go to the remote that is cleared for them, and nowhere else', async () => {
  const release = orphan({ 'w/model.bin': weights });
  expect(await repo.pushed(['origin', release])).toMatchObject({ code: 1 });
  expect(await repo.pushed(['vault', release])).toMatchObject({ code: 0 });
  expect(refOf(vault, `refs/heads/${release}`)).toBe(repo.git('rev-parse', release));
});

test('content that moves unchanged keeps its label: same push, later push, no history at all', async () => {
  repo.git('switch', '-q', '-c', 'same', 'main');
  repo.commit({ 'src/model/new.py': `${attention}# new\n` });
  repo.commit({ 'src/model/new.py': null, 'docs/new.md': `${attention}# new\n` });
  const same = await repo.pushed(['open', 'same']);
  expect(told(same)).toContain('block label/moved docs/new.md');
  const later = orphan({ 'docs/helpers.md': attention });
  const answer = await repo.pushed(['open', later]);
  expect(answer.code).toBe(1);
  expect(told(answer)).toEqual(['block label/moved docs/helpers.md']);
  expect(hasObject(open, repo.git('rev-parse', `${later}:docs/helpers.md`))).toBe(false);
});

test('a commit with an old date does not make the moved content older than itself', async () => {
  repo.git('switch', '-q', '--orphan', 'backdated');
  repo.write('docs/old.md', attention);
  repo.git('add', 'docs/old.md');
  const date = '2001-01-01T00:00:00Z';
  const dated = { ...repo.env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  await repo.runWith(dated, 'commit', '-q', '--no-verify', '-m', 'old');
  const answer = await repo.pushed(['open', 'backdated']);
  expect(answer.code).toBe(1);
  expect(told(answer)).toEqual(['block label/moved docs/old.md']);
});

test('a file that was unmarked before it was moved under a marking is marked', async () => {
  const text = `${attention}# scratch\n`;
  repo.git('switch', '-q', '-c', 'scratch', 'main');
  repo.commit({ 'scratch.py': text });
  repo.commit({ 'scratch.py': null, 'src/model/scratch.py': text });
  expect(await repo.pushed(['origin', 'scratch'])).toMatchObject({ code: 0 });
  const leak = orphan({ 'docs/scratch.md': text });
  const answer = await repo.pushed(['open', leak]);
  expect(told(answer)).toEqual(['block label/moved docs/scratch.md']);
});

test('a licence that stands beside the marked one, and tiny files, raise no false alarm', async () => {
  const clean = orphan({
    LICENSE: licence,
    'lib/LICENSE': licence,
    'lib/__init__.py': 'x = 1\n',
    'docs/empty.md': '',
  });
  const answer = await repo.pushed(['open', clean]);
  expect(answer).toMatchObject({ code: 0 });
  expect(refOf(open, `refs/heads/${clean}`)).toBe(repo.git('rev-parse', clean));
});

test('neither case nor a leading dot dodges a marking', async () => {
  const dodge = orphan({ 'docs/.M.CKPT': 'a checkpoint index, as text\n'.repeat(5) });
  const answer = await repo.pushed(['open', dodge]);
  expect(told(answer)).toEqual(['block label/marked docs/.M.CKPT']);
  const folder = orphan({ 'SRC/Model/x.py': `${attention}# case\n` });
  expect(told(await repo.pushed(['open', folder]))).toEqual(['block label/marked SRC/Model/x.py']);
  const moved = orphan({ 'docs/case.md': `${attention}# case\n` });
  expect(told(await repo.pushed(['open', moved]))).toEqual(['block label/moved docs/case.md']);
});

test('explain says which marking gave the label', () => {
  repo.git('switch', '-q', 'main');
  const { code, output } = repo.cordon('explain', 'src/model/attention.py');
  expect(code).toBe(0);
  expect(output).toContain('src/model/**');
});
