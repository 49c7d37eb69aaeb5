import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { selfTest } from '../core/install/index.ts';
import { makeSandbox, snapshot, writeHook } from './support/install-sandbox.ts';

// A temporary folder of this file's own: what other runs left in the shared one is not ours to judge.
const shared = process.env['TMPDIR'];
process.env['TMPDIR'] = mkdtempSync(join(tmpdir(), 'cordon-own-'));
afterAll(() => {
  rmSync(tmpdir(), { recursive: true, force: true });
  if (shared === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = shared;
});

const leftovers = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('cordon-self-test-'));

test('planted weights are refused, a clean push passes, nothing stays behind', async () => {
  using box = makeSandbox('a b');
  const top = box.repository();
  writeHook(join(top, '.git/hooks/pre-push'), 1);
  await box.init(top);
  const before = snapshot(top);
  const result = await selfTest({ cwd: top, env: box.env });
  expect(result).toMatchObject({ cleanPushPassed: true, weightsRefused: true });
  expect(result.refusal).toContain('cordon: blocked');
  expect(box.calls().map(({ hook }) => hook)).toEqual(['pre-push', 'pre-push']);
  expect(snapshot(top)).toEqual(before);
  expect(leftovers()).toEqual([]);
});

test.each([
  ['lets all through', 'process.exit(0)', 'weights-passed'],
  ['refuses all', 'process.exit(1)', 'clean-refused'],
])('a program that %s fails the test', async (_name, text, what) => {
  using box = makeSandbox();
  const top = box.repository();
  writeFileSync(join(box.dist, 'cordon.mjs'), text);
  await box.init(top);
  await expect(selfTest({ cwd: top, env: box.env })).rejects.toMatchObject({
    code: 'install.self-test-failed',
    data: { what },
  });
  expect(leftovers()).toEqual([]);
});

test('where nothing is installed, it says so', async () => {
  using box = makeSandbox();
  await expect(selfTest({ cwd: box.repository(), env: box.env })).rejects.toMatchObject({
    code: 'install.self-test-failed',
    data: { what: 'not-installed' },
  });
});

test('a program that hangs is ended, and an abort is an interruption', async () => {
  using box = makeSandbox();
  const top = box.repository();
  writeFileSync(join(box.dist, 'cordon.mjs'), 'setInterval(() => {}, 1000)');
  await box.init(top);
  await expect(selfTest({ cwd: top, env: box.env, timeoutMs: 1500 })).rejects.toMatchObject({
    code: 'install.self-test-failed',
  });
  const signal = AbortSignal.timeout(800);
  await expect(selfTest({ cwd: top, env: box.env, signal })).rejects.toMatchObject({
    code: 'interrupted',
  });
  expect(leftovers()).toEqual([]);
});
