import { chmodSync, existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import {
  fakeToken,
  guard,
  type Guarded,
  hasObject,
  makeGuarded,
  policyText,
  type Pushed,
  refOf,
  told,
} from '../support/guarded.ts';
import { makeRepo, type TestRepo } from '../support/repo.ts';

let repo: Guarded;
beforeAll(async () => {
  repo = await makeGuarded();
});
afterAll(() => repo.cleanup());

let count = 0;
const secret = () => `TOKEN = "${fakeToken(1000 + (count += 1))}"\n`;

/** A branch of its own from main with one commit; gives its name. */
function branch(files: Parameters<TestRepo['commit']>[0], message?: string): string {
  const name = `trap-${(count += 1)}`;
  repo.git('switch', '-q', '-c', name, 'main');
  repo.commit(files, message);
  return name;
}

function expectStopped(answer: Pushed, remote: TestRepo, ref: string): void {
  expect(answer).toMatchObject({ code: 1, report: { verdict: 'block' } });
  expect(refOf(remote, ref)).toBeUndefined();
}

const secrets = (answer: Pushed): string[] =>
  told(answer).filter((line) => line.startsWith('block secret/huggingface-token'));

test('tracking refs that claim the leak is there are not believed', async () => {
  const ref = branch({ 'a.py': secret() });
  repo.git('update-ref', 'refs/remotes/origin/zz', ref);
  repo.git('update-ref', `refs/remotes/origin/${ref}`, ref);
  const answer = await repo.pushed(['origin', ref]);
  expectStopped(answer, repo.home, `refs/heads/${ref}`);
  expect(secrets(answer)).toEqual(['block secret/huggingface-token a.py']);
});

test('each of two push URLs is asked for itself', async () => {
  const second = makeRepo({ bare: true });
  onTestFinished(() => second.cleanup());
  const leak = branch({ 'b.py': secret() });
  repo.git('push', '-q', '--no-verify', repo.home.dir, leak);
  repo.git('remote', 'add', 'pair', repo.home.dir);
  repo.git('remote', 'set-url', '--add', '--push', 'pair', repo.home.dir);
  repo.git('remote', 'set-url', '--add', '--push', 'pair', second.dir);
  repo.git('switch', '-q', '-c', 'pair', leak);
  repo.commit({ 'c.txt': 'clean\n' });
  const answer = await repo.pushed(['pair', 'pair']);
  expectStopped(answer, second, 'refs/heads/pair');
  expect(refOf(repo.home, 'refs/heads/pair')).toBe(repo.git('rev-parse', 'pair'));
  expect(secrets(answer)).toEqual(['block secret/huggingface-token b.py']);
});

test('a push by a bare URL is judged as one by the name', async () => {
  const ref = branch({ 'd.py': secret() });
  const answer = await repo.pushed([repo.home.dir, ref]);
  expectStopped(answer, repo.home, `refs/heads/${ref}`);
  expect(answer.report?.destination).toMatchObject({ home: true, clearance: 'internal' });
  expect(secrets(answer)).toEqual(['block secret/huggingface-token d.py']);
});

test('replaced blobs and commits are looked at as they are sent', async () => {
  const ref = branch({ 'e.py': secret() });
  const bad = repo.git('rev-parse', `${ref}:e.py`);
  const good = repo.gitBytes('clean\n', 'hash-object', '-w', '--stdin').toString().trim();
  const main = repo.git('rev-parse', 'main');
  repo.git('replace', bad, good);
  expectStopped(await repo.pushed(['origin', ref]), repo.home, `refs/heads/${ref}`);
  repo.git('replace', '-d', bad);
  repo.git('replace', repo.git('rev-parse', ref), main);
  const answer = await repo.pushed(['origin', ref]);
  repo.git('replace', '-d', repo.git('--no-replace-objects', 'rev-parse', ref));
  expectStopped(answer, repo.home, `refs/heads/${ref}`);
  expect(secrets(answer)).toEqual(['block secret/huggingface-token e.py']);
});

test('grafts hide nothing', async () => {
  const ref = branch({ 'f.py': secret() });
  repo.commit({ 'f.py': 'clean\n' });
  const grafts = join(repo.dir, '.git/info/grafts');
  writeFileSync(grafts, `${repo.git('rev-parse', 'HEAD')} ${repo.git('rev-parse', 'main')}\n`);
  const answer = await repo.pushed(['origin', ref]);
  rmSync(grafts);
  expectStopped(answer, repo.home, `refs/heads/${ref}`);
  expect(secrets(answer)).toEqual(['block secret/huggingface-token f.py']);
});

test('a symlink is what it points at, and a file name is content', async () => {
  const token = fakeToken((count += 1));
  const link = branch({ 'g.txt': 'g\n' });
  symlinkSync(`/run/${token}/x`, join(repo.dir, 'link'));
  repo.commit({});
  expect(secrets(await repo.pushed(['origin', link]))).toEqual([
    'block secret/huggingface-token link',
  ]);
  const other = fakeToken((count += 1));
  const name = branch({ [`notes/${other}.txt`]: 'a plain text\n' });
  const answer = await repo.pushed(['origin', name]);
  expectStopped(answer, repo.home, `refs/heads/${name}`);
  expect(answer.report?.findings.map(({ kind, rule }) => `${kind}/${rule}`)).toContain(
    'secret/huggingface-token',
  );
  expect(JSON.stringify(answer.report) + answer.stderr).not.toContain(other);
});

test('a secret in a branch name, a commit message and a tag message', async () => {
  const inRef = fakeToken((count += 1));
  const plain = branch({ 'h.txt': 'h\n' });
  const byRef = await repo.pushed(['origin', `${plain}:refs/heads/${inRef}`]);
  expectStopped(byRef, repo.home, `refs/heads/${inRef}`);
  const message = branch({ 'i.txt': 'i\n' }, `Use it\n\n${secret()}`);
  const byMessage = await repo.pushed(['origin', message]);
  expectStopped(byMessage, repo.home, `refs/heads/${message}`);
  expect(byMessage.report?.findings).toContainEqual(
    expect.objectContaining({ kind: 'secret', object: repo.git('rev-parse', message), line: 8 }),
  );
  repo.git('tag', '-a', '-m', secret(), 'noted', 'main');
  expectStopped(await repo.pushed(['origin', 'noted']), repo.home, 'refs/tags/noted');
});

test('names with spaces, newlines, a leading colon and Latin-1 are told as they are', async () => {
  const latin = Buffer.from('caf\u00e9.py', 'latin1');
  const files = new Map<string | Buffer, string>([
    ['a b.py', secret()],
    ['a\nb.py', secret()],
    [':100644 100644.py', secret()],
    [latin, secret()],
    ['dir/"quoted" \\.py', secret()],
  ]);
  const ref = branch(files);
  const answer = await repo.pushed(['origin', ref]);
  expectStopped(answer, repo.home, `refs/heads/${ref}`);
  const paths = answer.report?.findings.map(({ path }) => path) ?? [];
  expect(paths).toEqual(
    expect.arrayContaining(['a b.py', 'a\nb.py', ':100644 100644.py', 'dir/"quoted" \\.py']),
  );
  const bytes = answer.report?.findings.flatMap(({ pathBytes }) => pathBytes ?? []);
  expect(bytes).toEqual([latin.toString('base64')]);
});

test('a local name that holds spaces does not hide its ref', async () => {
  branch({ 'j.py': secret() }, 'text with spaces in it');
  const answer = await repo.pushed(['origin', 'HEAD^{/text with spaces}:refs/heads/spaced']);
  expectStopped(answer, repo.home, 'refs/heads/spaced');
  expect(secrets(answer)).toEqual(['block secret/huggingface-token j.py']);
  const clean = branch({ 'k.txt': 'k\n' }, 'clean text with spaces too');
  const through = await repo.pushed(['origin', 'HEAD^{/clean text}:refs/heads/spaced-clean']);
  expect(through).toMatchObject({ code: 0, report: { verdict: 'allow' } });
  expect(refOf(repo.home, 'refs/heads/spaced-clean')).toBe(repo.git('rev-parse', clean));
});

test('a line forged through a local name is not believed', async () => {
  const leak = branch({ 'forged.py': secret() });
  const oid = repo.git('rev-parse', leak);
  const short = repo.git('rev-parse', '--short', leak);
  const main = repo.git('rev-parse', 'main');
  // git takes ANYTHING-gHEX for the output of describe, a newline and all.
  const name = `main ${main} refs/heads/x ${oid}\ny-g${short}`;
  const answer = await repo.pushed(['origin', `${name}:refs/heads/z`]);
  expect(answer.code).not.toBe(0);
  expect(refOf(repo.home, 'refs/heads/z')).toBeUndefined();
  expect(secrets(answer)).toEqual(['block secret/huggingface-token forged.py']);
});

test('deletions, an empty push and a dry run bring nothing that is judged wrongly', async () => {
  const ref = branch({ 'l.txt': 'l\n' });
  expect(await repo.pushed(['origin', ref])).toMatchObject({ code: 0 });
  expect(await repo.pushed(['origin', ref])).toMatchObject({ code: 0, report: undefined });
  expect(await repo.pushed(['origin', `:${ref}`])).toMatchObject({ code: 0, report: undefined });
  expect(refOf(repo.home, `refs/heads/${ref}`)).toBeUndefined();
  const leak = branch({ 'm.py': secret() });
  expect(await repo.pushed(['--dry-run', 'origin', leak])).toMatchObject({ code: 1 });
  const both = await repo.pushed(['origin', `:refs/heads/nothing-there`, leak]);
  expectStopped(both, repo.home, `refs/heads/${leak}`);
});

test('--mirror, --all, --follow-tags and notes bring every ref to be judged', async () => {
  const mirror = repo.bare('mirror');
  const clean = await makeGuarded({ isDirect: true });
  onTestFinished(() => clean.cleanup());
  const copy = clean.bare('copy');
  clean.git('notes', 'add', '-m', secret(), 'main');
  for (const args of [['--mirror'], ['origin', 'refs/notes/*']]) {
    const to = args.includes('--mirror') ? [...args, 'copy'] : args;
    const answer = await clean.pushed(to);
    expect(answer).toMatchObject({ code: 1 });
    expect(answer.report?.findings.map(({ kind }) => kind)).toContain('secret');
  }
  expect(copy.git('for-each-ref')).toBe('');
  const leak = branch({ 'n.py': secret() });
  repo.git('stash', 'list');
  const all = await repo.pushed(['--all', 'mirror']);
  expect(all).toMatchObject({ code: 1 });
  expect(secrets(all)).toContain('block secret/huggingface-token n.py');
  expect(mirror.git('for-each-ref')).toBe('');
  repo.git('switch', '-q', 'main');
  repo.git('tag', '-a', '-m', secret(), 'followed', 'main');
  const followed = await repo.pushed(['--follow-tags', 'origin', 'main']);
  expectStopped(followed, repo.home, 'refs/tags/followed');
  repo.git('tag', '-d', 'followed');
  repo.git('branch', '-D', leak);
});

test('an object that is not there is told, and blocks', async () => {
  const one = await makeGuarded({ isDirect: true });
  onTestFinished(() => one.cleanup());
  one.git('switch', '-q', '-c', 'torn');
  one.commit({ 'kept.txt': 'kept\n', 'lost.txt': 'this one will be lost\n' });
  const oid = one.git('rev-parse', 'HEAD:lost.txt');
  rmSync(join(one.dir, '.git/objects', oid.slice(0, 2), oid.slice(2)), { force: true });
  const answer = await one.pushed(['origin', 'torn']);
  expect(answer.code).not.toBe(0);
  expect(refOf(one.home, 'refs/heads/torn')).toBeUndefined();
  expect(told(answer)).toContainEqual(expect.stringMatching(/^block uninspected\/missing/));
});

test('attributes hide nothing, and what they and the configuration name is not run', async () => {
  const marker = join(repo.dir, '..', 'was-run');
  const program = join(repo.dir, '..', 'program.sh');
  writeFileSync(program, `#!/bin/sh\necho ran >>'${marker}'\ncat\n`);
  chmodSync(program, 0o755);
  const ref = branch({
    '.gitattributes': '* -diff -text binary filter=evil diff=evil merge=evil export-ignore\n',
    '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = ./x\n\tignore = all\n',
  });
  // Settings that a repository's own tools may have written; git push runs none of them.
  const settings: readonly (readonly [string, string])[] = [
    ['filter.evil.clean', program],
    ['filter.evil.smudge', program],
    ['filter.evil.process', program],
    ['diff.evil.textconv', program],
    ['diff.evil.command', program],
    ['diff.external', program],
    ['core.fsmonitor', program],
    ['core.pager', program],
    ['core.editor', program],
    ['interactive.diffFilter', program],
    ['uploadpack.packObjectsHook', program],
    ['remote.origin.uploadpack', program],
    ['core.alternateRefsCommand', program],
    ['gpg.program', program],
  ];
  const oid = repo.gitBytes(secret(), 'hash-object', '-w', '--stdin').toString().trim();
  repo.git('update-index', '--add', '--cacheinfo', `100644,${oid},hidden.py`);
  repo.git('commit', '-q', '--no-verify', '-m', 'hide');
  repo.git('reset', '-q', '--hard', 'main');
  repo.git('update-ref', `refs/heads/${ref}-hid`, 'HEAD@{1}');
  for (const [key, value] of settings) repo.git('config', key, value);
  for (const name of ['node', 'git', 'sh']) {
    writeFileSync(join(repo.dir, name), `#!/bin/sh\necho ran >>'${marker}'\n`);
    chmodSync(join(repo.dir, name), 0o755);
  }
  const answer = await repo.pushed(['origin', `${ref}-hid`]);
  for (const [key] of settings) repo.git('config', '--unset', key);
  for (const name of ['node', 'git', 'sh']) rmSync(join(repo.dir, name));
  expectStopped(answer, repo.home, `refs/heads/${ref}-hid`);
  expect(secrets(answer)).toEqual(['block secret/huggingface-token hidden.py']);
  expect(existsSync(marker)).toBe(false);
});

test('a SHA-256 repository', async () => {
  const objectFormat = 'sha256';
  const one = await makeGuarded({ objectFormat, isDirect: true });
  onTestFinished(() => one.cleanup());
  one.git('switch', '-q', '-c', 'leak');
  one.commit({ 'o.py': secret() });
  const answer = await one.pushed(['origin', 'leak']);
  expectStopped(answer, one.home, 'refs/heads/leak');
  expect(secrets(answer)).toEqual(['block secret/huggingface-token o.py']);
  one.git('switch', '-q', 'main');
  one.commit({ 'p.txt': 'clean\n' });
  expect(await one.pushed(['origin', 'main', 'main:other'])).toMatchObject({ code: 0 });
  expect(await one.pushed(['origin', ':refs/heads/other', 'main:third'])).toMatchObject({
    code: 0,
  });
});

test('a shallow clone sends its new commits, and they are judged', async () => {
  const home = makeRepo({ bare: true });
  const seed = makeRepo();
  onTestFinished(() => (home.cleanup(), seed.cleanup()));
  seed.addRemote('origin', home.dir);
  for (let i = 0; i < 4; i++)
    seed.commit({ 'x.txt': `${i}\n`, '.cordon/policy.yaml': policyText(home) });
  seed.git('push', '-q', 'origin', 'main');
  const clone = makeRepo({ cloneOf: `file://${home.dir}`, cloneArgs: ['--depth=1'] });
  const one = guard(clone, home, { isDirect: true });
  onTestFinished(() => one.cleanup());
  one.commit({ 'q.txt': 'clean\n' });
  const clean = await one.pushed(['origin', 'HEAD:main']);
  expect(clean).toMatchObject({ code: 0, report: { verdict: 'allow' } });
  one.commit({ 'q.py': secret() });
  expect(secrets(await one.pushed(['origin', 'HEAD:main']))).toEqual([
    'block secret/huggingface-token q.py',
  ]);
});

test('a partial clone fetches nothing, and what was never fetched does not block', async () => {
  const home = makeRepo({ bare: true });
  const seed = makeRepo();
  onTestFinished(() => (home.cleanup(), seed.cleanup()));
  home.git('config', 'uploadpack.allowFilter', 'true');
  seed.addRemote('origin', home.dir);
  seed.commit({ 'x.txt': 'one\n', '.cordon/policy.yaml': policyText(home) });
  seed.commit({ 'x.txt': 'two\n', 'y.txt': 'y\n' });
  seed.git('push', '-q', 'origin', 'main');
  const clone = makeRepo({ cloneOf: `file://${home.dir}`, cloneArgs: ['--filter=blob:none'] });
  const one = guard(clone, home, { isDirect: true });
  onTestFinished(() => one.cleanup());
  const absent = () =>
    one.git('rev-list', '--objects', '--all', '--missing=print').match(/^\?/gm)?.length;
  const before = absent();
  expect(before).toBeGreaterThan(0);
  // A colleague moves main, so that its tip is not here and nothing of the history is excluded.
  seed.commit({ 'z.txt': 'z\n' });
  seed.git('push', '-q', 'origin', 'main');
  one.git('switch', '-q', '-c', 'topic');
  one.commit({ 'r.txt': 'clean\n' });
  // git's own push fetches what it lacks; a dry run ends with the hook.
  const clean = await one.pushed(['--dry-run', 'origin', 'topic']);
  expect(clean).toMatchObject({ code: 0, report: { findings: [] } });
  expect(absent()).toBe(before);
  one.commit({ 'r.py': secret() });
  const leak = await one.pushed(['origin', 'topic']);
  expect(leak).toMatchObject({ code: 1 });
  expect(told(leak)).toEqual(['block secret/huggingface-token r.py']);
  expect(absent()).toBe(before);
});

test('a linked worktree is guarded', async () => {
  const place = join(repo.dir, '..', 'linked');
  repo.git('worktree', 'add', '-q', '-b', 'linked', place, 'main');
  writeFileSync(join(place, 's.py'), secret());
  repo.git('-C', place, 'add', '.');
  repo.git('-C', place, 'commit', '-q', '--no-verify', '-m', 'leak');
  const { code } = await repo.runWith(repo.env, '-C', place, 'push', 'origin', 'linked');
  expect(code).toBe(1);
  expect(refOf(repo.home, 'refs/heads/linked')).toBeUndefined();
  expect(hasObject(repo.home, repo.git('rev-parse', 'linked'))).toBe(false);
});
