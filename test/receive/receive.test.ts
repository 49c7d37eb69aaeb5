import { expect, test } from 'vitest';
import { cordon, makeToken, makeWeights, policyFor } from '../support/lab.ts';
import { blocksOf, makePair, remoteLines, SERVER_URL } from './server.ts';

test('a clean push is taken without a word', async () => {
  using pair = await makePair();
  const tip = pair.client.commit({ 'src/train.py': 'print("hello")\n' });
  const pushed = await pair.client.push('origin', 'main');
  expect(pushed.code).toBe(0);
  expect(remoteLines(pushed.stderr)).toEqual([]);
  expect(pair.at('refs/heads/main')).toBe(tip);
  expect(pair.report()).toMatchObject({ act: 'receive', verdict: 'allow' });
});

test.each([
  ['weights under another name', { 'notes.txt': makeWeights() }, 'weights safetensors'],
  ['a secret', { 'up.py': `TOKEN = "${makeToken()}"\n` }, 'secret huggingface-token'],
  ['restricted code', { 'src/model/attention.py': 'def attend(): ...\n' }, 'label marked'],
] as const)('%s is refused, and no ref moves', async (_name, files, block) => {
  using pair = await makePair();
  const before = pair.at('refs/heads/main');
  pair.client.commit(files);
  const pushed = await pair.client.push('origin', 'main');
  expect(pushed.code).toBe(1);
  expect(pair.at('refs/heads/main')).toBe(before);
  expect(blocksOf(pair.report())).toEqual([block]);
  expect(pair.report().destination).toMatchObject({ url: SERVER_URL, clearance: 'internal' });
});

test('what the server is cleared for, by its URL, is taken', async () => {
  using pair = await makePair({ clearance: 'restricted' });
  const tip = pair.client.commit({ 'src/model/attention.py': 'def attend(): ...\n' });
  expect((await pair.client.push('origin', 'main')).code).toBe(0);
  expect(pair.at('refs/heads/main')).toBe(tip);
  pair.client.commit({ 'm.bin': makeWeights() });
  expect((await pair.client.push('origin', 'main')).code).toBe(1);
  expect(blocksOf(pair.report())).toEqual(['weights safetensors']);
});

test('a laptop that skips its own hook is stopped here', async () => {
  using pair = await makePair();
  const { client } = pair;
  expect((await cordon(client, ['init'])).code).toBe(0);
  const before = pair.at('refs/heads/main');
  client.commit({ 'notes.txt': makeWeights() });
  const local = await client.push('origin', 'main');
  expect(local.code).toBe(1);
  expect(remoteLines(local.stderr)).toEqual([]);
  const skipped = await client.push('--no-verify', 'origin', 'main');
  expect(skipped.code).toBe(1);
  expect(remoteLines(skipped.stderr).length).toBeGreaterThan(2);
  expect(pair.at('refs/heads/main')).toBe(before);
});

test('several refs are one verdict: one bad one, and none moves', async () => {
  using pair = await makePair();
  const { client } = pair;
  client.git('checkout', '-q', '-b', 'good');
  client.commit({ 'a.txt': 'a\n' });
  client.git('checkout', '-q', '-b', 'bad', 'main');
  client.commit({ 'b.bin': makeWeights() });
  const pushed = await client.push('origin', 'good', 'bad');
  expect(pushed.code).toBe(1);
  expect(pair.at('refs/heads/good')).toBeUndefined();
  expect(pair.at('refs/heads/bad')).toBeUndefined();
  expect((await client.push('origin', 'good')).code).toBe(0);
  expect(pair.at('refs/heads/good')).toBeDefined();
});

test('weights that were added and removed again are still brought', async () => {
  using pair = await makePair();
  pair.client.commit({ 'm.bin': makeWeights() });
  pair.client.commit({ 'm.bin': null });
  expect((await pair.client.push('origin', 'main')).code).toBe(1);
  expect(blocksOf(pair.report())).toEqual(['weights safetensors']);
});

test('deletions alone pass, also beside content that would block', async () => {
  using pair = await makePair({ clearance: 'weights' });
  const { client, server } = pair;
  client.git('checkout', '-q', '-b', 'topic');
  client.commit({ 'm.bin': makeWeights() });
  expect((await client.push('origin', 'topic')).code).toBe(0);
  // The clearance is taken back: a deletion of what is there must still pass.
  client.git('checkout', '-q', 'main');
  client.commit({ '.cordon/policy.yaml': policyFor({ [SERVER_URL]: 'internal' }) });
  expect((await client.push('origin', 'main')).code).toBe(0);
  const pushed = await client.push('origin', '--delete', 'topic');
  expect(pushed.code).toBe(0);
  expect(remoteLines(pushed.stderr)).toEqual([]);
  expect(server.git('for-each-ref', 'refs/heads/topic')).toBe('');
});

test('what is here already never blocks', async () => {
  using pair = await makePair({ clearance: 'weights' });
  const { client } = pair;
  const old = client.commit({ 'm.bin': makeWeights(), 'src/model/a.py': 'a = 1\n' });
  expect((await client.push('origin', 'main')).code).toBe(0);
  client.commit({ '.cordon/policy.yaml': policyFor({ [SERVER_URL]: 'internal' }) });
  expect((await client.push('origin', 'main')).code).toBe(0);
  // A new branch from before, a new commit whose tree holds the old blobs, and a tag on it.
  client.git('checkout', '-q', '-b', 'again', old);
  client.commit({ 'plain.txt': 'plain\n' });
  client.git('tag', '-a', '-m', 'v1', 'v1');
  const pushed = await client.push('origin', 'again', 'v1', `${old}:refs/heads/older`);
  expect(remoteLines(pushed.stderr)).toEqual([]);
  expect(pushed.code).toBe(0);
  expect(pair.at('refs/heads/older')).toBe(old);
});

test('a tag that points straight at a blob or a tree is judged', async () => {
  using pair = await makePair();
  const { client } = pair;
  const blob = client.gitBytes(makeWeights(), 'hash-object', '-w', '--stdin').toString().trim();
  client.git('tag', 'loose', blob);
  client.git('tag', '-a', '-m', 'x', 'annotated', blob);
  for (const tag of ['loose', 'annotated']) {
    expect((await client.push('origin', tag)).code).toBe(1);
    expect(blocksOf(pair.report())).toEqual(['weights safetensors']);
    expect(pair.at(`refs/tags/${tag}`)).toBeUndefined();
  }
});

test('a repository with SHA-256 ids is guarded alike', async () => {
  using pair = await makePair({ objectFormat: 'sha256' });
  const tip = pair.client.commit({ 'a.txt': 'a\n' });
  expect((await pair.client.push('origin', 'main')).code).toBe(0);
  expect(pair.at('refs/heads/main')).toBe(tip);
  pair.client.commit({ 'm.bin': makeWeights() });
  expect((await pair.client.push('origin', 'main')).code).toBe(1);
  expect(blocksOf(pair.report())).toEqual(['weights safetensors']);
  expect(pair.at('refs/heads/main')).toBe(tip);
});

test('the first push to an empty server is judged by the policy it brings', async () => {
  using pair = await makePair({ isNew: true });
  const { client } = pair;
  const first = client.git('rev-parse', 'HEAD');
  client.commit({ 'src/model/a.py': 'a = 1\n' });
  expect((await client.push('origin', 'main')).code).toBe(1);
  expect(pair.report().policies).toMatchObject([{ source: 'tip' }]);
  expect(blocksOf(pair.report())).toEqual(['label marked']);
  expect((await client.push('origin', `${first}:refs/heads/main`)).code).toBe(0);
});

test('without any policy, secrets and weights are refused all the same', async () => {
  using pair = await makePair({ policy: null });
  const tip = pair.at('refs/heads/main');
  expect(pair.report().policies).toMatchObject([{ source: 'built-in' }]);
  pair.client.commit({ 'm.bin': makeWeights() });
  expect((await pair.client.push('origin', 'main')).code).toBe(1);
  expect(pair.at('refs/heads/main')).toBe(tip);
});

test('a looser policy does not reach the default branch, and may be put up for review', async () => {
  using pair = await makePair();
  const { client } = pair;
  const before = pair.at('refs/heads/main');
  const tip = client.commit({ '.cordon/policy.yaml': policyFor({ [SERVER_URL]: 'weights' }) });
  expect((await client.push('origin', 'main')).code).toBe(1);
  expect(blocksOf(pair.report())).toEqual(['policy destinations']);
  expect(pair.at('refs/heads/main')).toBe(before);
  expect((await client.push('origin', 'main:refs/heads/looser')).code).toBe(0);
  expect(pair.at('refs/heads/looser')).toBe(tip);
  // On a branch it is a proposal: it lets nothing through, there or later.
  client.commit({ 'm.bin': makeWeights() });
  expect((await client.push('origin', 'main:refs/heads/looser')).code).toBe(1);
  expect(blocksOf(pair.report())).toEqual(['weights safetensors']);
});

test('a time budget that is spent refuses, and keeps no half-seen fact', async () => {
  using pair = await makePair();
  const { client } = pair;
  client.env['CORDON_BUDGET_MS'] = '0';
  const before = pair.at('refs/heads/main');
  const tip = client.commit({ 'a.txt': 'plain text\n'.repeat(50) });
  expect((await client.push('origin', 'main')).code).toBe(1);
  expect(pair.at('refs/heads/main')).toBe(before);
  expect(blocksOf(pair.report())).toEqual(['uninspected time-budget']);
  delete client.env['CORDON_BUDGET_MS'];
  expect((await client.push('origin', 'main')).code).toBe(0);
  expect(pair.at('refs/heads/main')).toBe(tip);
});

test('what the developer reads is plain ASCII and at most 72 columns wide', async () => {
  using pair = await makePair();
  const { client } = pair;
  const long = `src/model/${'deeply/nested/'.repeat(8)}\u00fc\u00f1\u6a21\u578b.py`;
  client.commit({
    [long]: 'a = 1\n',
    'notes.txt': makeWeights(),
    'up.py': `T = "${makeToken()}"\n`,
    '.cordon/policy.yaml': policyFor({ [SERVER_URL]: 'weights' }),
  });
  const pushed = await client.push('origin', 'main');
  const lines = remoteLines(pushed.stderr);
  expect(lines.length).toBeGreaterThan(8);
  expect(lines.filter((line) => !/^[\x20-\x7e]*$/.test(line))).toEqual([]);
  expect(lines.filter((line) => line.length > 72)).toEqual([]);
  expect(pushed.stderr).not.toContain(makeToken());
});
