import { expect, onTestFinished, test } from 'vitest';
import { makeRepo } from '../../test/support/repo.ts';
import { parseConfig, readConfig } from './config.ts';
import { openRepository } from './repository.ts';

test('reads values, scopes and names as git means them', async () => {
  const at = makeRepo();
  onTestFinished(() => at.cleanup());
  at.git('config', '--global', 'cordon.home', 'elsewhere');
  at.git('config', 'Cordon.Home', 'a\nb "c" = d');
  at.git('config', 'url.ssh://Host/.insteadOf', 'lab:');
  at.git('config', '--add', 'remote.o.pushurl', 'one');
  at.git('config', '--add', 'remote.o.pushurl', 'two');
  at.gitBytes('', 'config', 'include.path', '../valueless');
  at.write('valueless', '[http]\n\tsslVerify\n');
  const env = { ...at.env, GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'x.y', GIT_CONFIG_VALUE_0: '' };
  const config = await readConfig(await openRepository(at.dir, { env }));
  expect(config.get('cordon.HOME')).toBe('a\nb "c" = d');
  expect(config.getAll('cordon.home').map(({ scope }) => scope)).toEqual(['global', 'local']);
  expect(config.get('url.ssh://Host/.insteadof')).toBe('lab:');
  expect(config.get('url.ssh://host/.insteadof')).toBeUndefined();
  expect(config.getAll('remote.o.pushurl').map(({ value }) => value)).toEqual(['one', 'two']);
  expect(config.getAll('http.sslverify')).toMatchObject([{ value: undefined, scope: 'local' }]);
  expect(config.get('http.sslverify')).toBe('true');
  expect(config.getAll('x.y')).toMatchObject([{ value: '', scope: 'command' }]);
});

test('refuses what git would not write', () => {
  expect(parseConfig(Buffer.alloc(0)).entries).toEqual([]);
  expect(() => parseConfig(Buffer.from('local\0file:x\0'))).toThrow('git.protocol');
  expect(() => parseConfig(Buffer.from('local\0file:x\0a.b\nc'))).toThrow('git.protocol');
});
