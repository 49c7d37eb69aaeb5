import { userInfo } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePrivateFolder } from './private-folder.ts';
import { stateFolder } from './state-folder.ts';

const usual = join(userInfo().homedir, '.local/state/cordon/record');

test.each([
  ['nothing set', {}, { path: usual, moved: false }],
  ['the usual place, said', { HOME: userInfo().homedir }, { path: usual, moved: false }],
  ['a relative value', { XDG_STATE_HOME: 'here' }, { path: usual, moved: false }],
  ['an empty value', { XDG_STATE_HOME: '', HOME: '' }, { path: usual, moved: false }],
  [
    'a state folder',
    { XDG_STATE_HOME: '/elsewhere' },
    { path: '/elsewhere/cordon/record', moved: true, usual },
  ],
  [
    'another home',
    { HOME: '/nobody' },
    { path: '/nobody/.local/state/cordon/record', moved: true, usual },
  ],
])('%s', (_what, env, folder) => {
  expect(stateFolder(env)).toEqual(folder);
});

test('a place that takes no folder is an error, and no wait', () => {
  // Node's own recursive mkdir never came back from this one.
  expect(() => makePrivateFolder('/proc/cordon/record')).toThrow(/./);
  expect(() => makePrivateFolder('/dev/null/cordon/record')).toThrow(/./);
});
