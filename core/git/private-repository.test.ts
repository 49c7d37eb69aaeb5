import { existsSync, statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CordonError } from '../error.ts';
import { asSpoolError, makePrivateFolder } from './private-repository.ts';

test('a private folder is for nobody else, and goes', () => {
  const folder = makePrivateFolder();
  expect(statSync(folder.dir).mode & 0o777).toBe(0o700);
  folder.dispose();
  folder.dispose();
  expect(existsSync(folder.dir)).toBe(false);
});

test.each([
  ['ENOSPC', 'source.spool-full'],
  ['EDQUOT', 'source.spool-full'],
  ['EFBIG', 'source.spool-full'],
  ['EACCES', 'source.unreadable'],
])('%s is %s', (code, expected) => {
  expect(asSpoolError(Object.assign(new Error(code), { code }))).toMatchObject({ code: expected });
  const own = new CordonError('interrupted');
  expect(asSpoolError(own)).toBe(own);
});
