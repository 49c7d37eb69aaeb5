import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeRepo, type TestRepo } from '../../test/support/repo.ts';
import { lookAtBuffer, openCopies, openSession } from './index.ts';
import { registerRepository } from './register.ts';
import type { TextTables } from './register-text.ts';

const tables: TextTables = {
  version: 'test 1',
  words: { bits: () => 16 },
  background: { has: () => false },
};
const code = Array.from(
  { length: 40 },
  (_, at) => `lantern_${at} = kindle_wick(oil_${at * 3}, draught_${at}) - soot_${at}\n`,
);

let repo: TestRepo;
beforeEach(() => {
  repo = makeRepo();
  repo.env['XDG_DATA_HOME'] = join(repo.dir, '..', 'data');
});
afterEach(() => {
  repo.cleanup();
});

test('where nothing was registered nothing is opened', () => {
  expect(openCopies(repo.env)).toBeUndefined();
  expect(openCopies({ HOME: 'relative', XDG_DATA_HOME: join(repo.dir, 'none') })).toBeUndefined();
});

test('a paste into a buffer is told at once, and what there is no time for is no silence', async () => {
  const policy = "version: 1\nmarkings: [{paths: ['src/**'], label: restricted}]\n";
  repo.commit({ '.cordon/policy.yaml': policy, 'src/lamp.py': code.join('') });
  const session = await openSession({ dir: repo.dir, env: repo.env, budgetMs: 60_000 });
  const dataFolder = join(repo.env['XDG_DATA_HOME'] ?? '', 'cordon');
  await registerRepository(session, { dataFolder, tables });
  const here = openCopies(repo.env);
  if (here === undefined) throw new Error('nothing is registered');
  const buffer = Buffer.from(`# mine\n${code.slice(5, 25).join('')}`);
  expect(lookAtBuffer(here, buffer, 60_000)).toMatchObject([
    {
      kind: 'copy',
      at: { line: 2 },
      label: 'restricted',
      source: { path: 'src/lamp.py', line: 6 },
    },
  ]);
  expect(lookAtBuffer(here, Buffer.from('x = 1\n'), 60_000)).toEqual([]);
  const late = expect.objectContaining({ code: 'time-up' }) as Error;
  expect(() => lookAtBuffer(here, buffer, -1)).toThrow(late);
  expect(() => lookAtBuffer(here, Buffer.alloc(5 * 1024 * 1024), 60_000)).toThrow(late);
});
