import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  fakeToken,
  type Guarded,
  guard,
  hashFolder,
  makeGuarded,
  policyText,
  refOf,
  told,
} from '../support/guarded.ts';
import { tensorsOf, writeSafetensors } from '../support/models.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

/**
 * Home holds an old leak: a secret in three versions of a file, weights, both gone again. A colleague
 * goes on in a clone of their own, so that home's tips are not here.
 */
let repo: Guarded;
let colleague: TestRepo;
const oldSecret = `TOKEN = "${fakeToken(1)}"\n`;
const weights = writeSafetensors({ tensors: tensorsOf(160_000) });
let oldMain: string;

beforeAll(async () => {
  repo = await makeGuarded();
  repo.commit({ 'leak.py': `${oldSecret}one = 1\n`, 'w.txt': weights, 'kept.py': oldSecret });
  repo.commit({ 'leak.py': `${oldSecret}two = 2\n` });
  repo.commit({ 'leak.py': `${oldSecret}three = 3\n` });
  repo.commit({ 'leak.py': null, 'w.txt': null });
  repo.git('push', '-q', '--no-verify', 'origin', 'main');
  oldMain = repo.git('rev-parse', 'main');
  colleague = makeRepo({ cloneOf: repo.home.dir });
  moveMain();
});
afterAll(() => {
  repo.cleanup();
  colleague.cleanup();
});

let count = 0;
/** The colleague moves home's main on, unseen by the repository under test. */
function moveMain(): void {
  colleague.commit({ 'colleague.txt': `${(count += 1)}\n` });
  colleague.git('push', '-q', 'origin', 'HEAD:main');
}

const git = () => hashFolder(join(repo.dir, '.git'), (path) => path.startsWith('cordon'));

test('a new branch from an old main, whose old leak home already has', async () => {
  repo.git('switch', '-q', '-c', 'topic', oldMain);
  repo.commit({ 'topic.txt': 'clean\n' });
  const before = git();
  const dry = await repo.pushed(['--dry-run', 'origin', 'topic']);
  expect(dry.code).toBe(0);
  expect(dry.report?.findings.map(({ severity }) => severity)).not.toContain('block');
  expect(git()).toEqual(before);
  expect(await repo.pushed(['origin', 'topic'])).toMatchObject({ code: 0 });
  expect(refOf(repo.home, 'refs/heads/topic')).toBe(repo.git('rev-parse', 'topic'));
});

test('a new secret on top of it is stopped, and is all that blocks', async () => {
  repo.git('switch', '-q', '-c', 'topic-leak', oldMain);
  repo.commit({ 'new.py': `NEW = "${fakeToken(2)}"\n` });
  const before = git();
  const answer = await repo.pushed(['origin', 'topic-leak']);
  expect(answer.code).toBe(1);
  expect(told(answer).filter((line) => line.startsWith('block'))).toEqual([
    'block secret/huggingface-token new.py',
  ]);
  expect(refOf(repo.home, 'refs/heads/topic-leak')).toBeUndefined();
  expect(git()).toEqual(before);
});

test('the same leak to a remote that does not have it is stopped', async () => {
  repo.bare('elsewhere');
  const answer = await repo.pushed(['elsewhere', `${oldMain}:refs/heads/main`]);
  expect(answer.code).toBe(1);
  expect(told(answer)).toEqual(
    expect.arrayContaining([
      'block secret/huggingface-token leak.py',
      'block weights/safetensors w.txt',
    ]),
  );
});

test('a feature branch that merges a fetched main', async () => {
  repo.git('switch', '-q', '-c', 'feature', `${oldMain}~4`);
  repo.commit({ 'feature.txt': 'f\n' });
  expect(await repo.pushed(['origin', 'feature'])).toMatchObject({ code: 0 });
  repo.git('fetch', '-q', 'origin');
  repo.git('merge', '-q', '--no-ff', '-m', 'merge main', 'origin/main');
  moveMain();
  // git's own word names only the feature's old tip: all of main looks new.
  expect(await repo.pushed(['origin', 'feature'])).toMatchObject({ code: 0 });
  expect(refOf(repo.home, 'refs/heads/feature')).toBe(repo.git('rev-parse', 'feature'));
});

test('a forced push over a tip that is not here', async () => {
  colleague.git('switch', '-q', '-c', 'shared', 'origin/main');
  colleague.commit({ 'shared.txt': 's\n' });
  colleague.git('push', '-q', 'origin', 'shared');
  repo.git('switch', '-q', '-c', 'shared', oldMain);
  repo.commit({ 'mine.txt': 'm\n' });
  const answer = await repo.pushed(['--force', 'origin', 'shared']);
  expect(answer).toMatchObject({ code: 0 });
  expect(refOf(repo.home, 'refs/heads/shared')).toBe(repo.git('rev-parse', 'shared'));
});

test('an edit beside an old secret, a rename, and both at once', async () => {
  repo.git('switch', '-q', '-c', 'edits', oldMain);
  repo.commit({ 'kept.py': `# a comment\n${oldSecret}` });
  expect(await repo.pushed(['origin', 'edits'])).toMatchObject({ code: 0 });
  repo.commit({ 'kept.py': null, 'lib/renamed.py': `# another\n${oldSecret}x = 1\n` });
  const renamed = await repo.pushed(['origin', 'edits']);
  expect(renamed).toMatchObject({ code: 0 });
  expect(told(renamed)).toEqual(['warn secret/huggingface-token lib/renamed.py']);
  // Two versions in one push, of which the second one's own old side is new.
  repo.commit({ 'lib/renamed.py': `# one\n${oldSecret}x = 2\n` });
  repo.commit({ 'lib/renamed.py': `# two\n${oldSecret}x = 3\n` });
  expect(await repo.pushed(['origin', 'edits'])).toMatchObject({ code: 0 });
  repo.commit({ 'lib/renamed.py': `${oldSecret}OTHER = "${fakeToken(3)}"\n` });
  const other = await repo.pushed(['origin', 'edits']);
  expect(other.code).toBe(1);
  expect(told(other)).toContain('block secret/huggingface-token lib/renamed.py');
});

test('an edit beside an old secret, while home has moved and nothing is excluded', async () => {
  repo.git('switch', '-q', '-c', 'edits-new', oldMain);
  repo.commit({ 'kept.py': `# yet another comment\n${oldSecret}` });
  const answer = await repo.pushed(['origin', 'edits-new']);
  expect(answer).toMatchObject({ code: 0 });
});

test('cherry-picked and reverted content that another branch of home has', async () => {
  const picked = `PICKED = "${fakeToken(4)}"\n`;
  colleague.git('switch', '-q', '-c', 'origin-of-pick', 'origin/main');
  colleague.commit({ 'picked.py': picked });
  colleague.git('push', '-q', 'origin', 'origin-of-pick');
  repo.git('switch', '-q', '-c', 'pick', oldMain);
  repo.commit({ 'picked.py': picked });
  // Brings back what only the history has.
  repo.git('checkout', '-q', `${oldMain}~1`, '--', 'w.txt', 'leak.py');
  repo.commit({});
  const answer = await repo.pushed(['origin', 'pick']);
  expect(answer).toMatchObject({ code: 0 });
  expect(refOf(repo.home, 'refs/heads/pick')).toBe(repo.git('rev-parse', 'pick'));
});

test('a secret in a version that only another branch of home has', async () => {
  const value = `VALUE = "${fakeToken(5)}"\n`;
  colleague.git('switch', '-q', '-c', 'source', 'origin/main');
  colleague.commit({ 'settings.py': `debug = True\n${value}` });
  colleague.git('push', '-q', 'origin', 'source');
  repo.git('fetch', '-q', 'origin');
  repo.git('switch', '-q', '-c', 'adapted', oldMain);
  repo.commit({ 'settings.py': `debug = False\n${value}# adapted\n` });
  const answer = await repo.pushed(['origin', 'adapted']);
  expect(answer).toMatchObject({ code: 0 });
  expect(told(answer)).toContain('warn secret/huggingface-token settings.py');
});

test('a leak that home purged does not come back from a stale clone', async () => {
  const purged = `PURGED = "${fakeToken(6)}"\n`;
  colleague.git('switch', '-q', '-c', 'purge', 'origin/main');
  colleague.commit({ 'purged.py': purged });
  colleague.git('push', '-q', 'origin', 'purge');
  repo.git('fetch', '-q', 'origin');
  repo.git('switch', '-q', '-c', 'stale', 'origin/purge');
  repo.git('--git-dir', repo.home.dir, 'branch', '-D', 'purge');
  repo.git('--git-dir', repo.home.dir, '-c', 'gc.reflogExpire=now', 'gc', '-q', '--prune=now');
  const answer = await repo.pushed(['origin', 'stale']);
  expect(answer.code).toBe(1);
  expect(told(answer)).toContain('block secret/huggingface-token purged.py');
});

test('where connections are forbidden the block stands and says so', async () => {
  repo.git('switch', '-q', '-c', 'offline', oldMain);
  repo.commit({ 'offline.txt': 'clean\n' });
  const answer = await repo.pushed(['origin', 'offline'], { CORDON_OFFLINE: '1' });
  expect(answer.code).toBe(1);
  expect(answer.report?.coverage.notAsked).toBe('forbidden');
  expect(answer.stderr).toContain('was not asked');
  expect(refOf(repo.home, 'refs/heads/offline')).toBeUndefined();
  const asked = await repo.pushed(['origin', 'offline']);
  expect(asked).toMatchObject({ code: 0 });
  expect(asked.report?.coverage.notAsked).toBeUndefined();
});

test('connections: none for an update, one for a new branch, none where the policy forbids it', async () => {
  const home = makeRepo({ bare: true });
  const dev = makeRepo();
  onTestFinished(() => (home.cleanup(), dev.cleanup()));
  const url = `ssh://git@lab.example${home.dir}`;
  dev.addRemote('origin', url);
  const log = join(dev.dir, '..', 'connections');
  const fake = join(dev.dir, '..', 'fake-ssh');
  writeFileSync(
    fake,
    `#!/bin/sh\nfor last; do :; done\nprintf '%s\\n' "$last" >>'${log}'\nexec sh -c "$last"\n`,
  );
  chmodSync(fake, 0o755);
  const env = { GIT_SSH_COMMAND: fake, GIT_SSH_VARIANT: 'ssh' };
  const destinations = `destinations: [{url: ${JSON.stringify(url)}, clearance: internal}]`;
  dev.commit({ '.cordon/policy.yaml': policyText(home, { policy: destinations }) });
  const one = guard(dev, home, { isDirect: true });
  const connections = async (...args: string[]) => {
    writeFileSync(log, '');
    const answer = await one.pushed(args, env);
    const lines = readFileSync(log, 'utf8').split('\n').filter(Boolean);
    return {
      code: answer.code,
      report: answer.report,
      services: lines.map((line) => line.split(' ')[0]),
    };
  };
  const push = 'git-receive-pack';
  const ask = 'git-upload-pack';
  const first = await connections('origin', 'main');
  expect(first).toMatchObject({ code: 0, services: [push, ask] });
  // A program that could lead elsewhere is told.
  expect(first.report?.findings).toContainEqual(
    expect.objectContaining({ kind: 'destination', rule: 'ssh-command', severity: 'warn' }),
  );
  one.commit({ 'a.txt': 'a\n' });
  expect(await connections('origin', 'main')).toMatchObject({ code: 0, services: [push] });
  one.git('switch', '-q', '-c', 'new');
  one.commit({ 'b.txt': 'b\n' });
  expect(await connections('origin', 'new')).toMatchObject({ code: 0, services: [push, ask] });
  one.commit({ 'leak.py': oldSecret });
  const blocked = await connections('origin', 'new');
  expect(blocked).toMatchObject({ code: 1, services: [push, ask] });
  expect(blocked.report?.coverage.notAsked).toBeUndefined();

  one.git('switch', '-q', 'main');
  const quiet = `contactDestinations: false\n${destinations}`;
  one.commit({ '.cordon/policy.yaml': policyText(home, { policy: quiet }) });
  expect(await connections('origin', 'main')).toMatchObject({ code: 0, services: [push] });
  one.git('switch', '-q', '-c', 'quiet');
  one.commit({ 'leak.py': oldSecret });
  const silent = await connections('origin', 'quiet');
  expect(silent).toMatchObject({ code: 1, services: [push] });
  expect(silent.report?.coverage.notAsked).toBe('forbidden');
});
