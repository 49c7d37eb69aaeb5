import { describe, expect, test } from 'vitest';
import { actorOf, claimOf } from './record-actor.ts';
import { circumstancesOf, isSelfTest } from './record-circumstances.ts';

const laptop = { server: false, stateMoved: false };

describe('circumstances', () => {
  test('none of an ordinary shell', () => {
    expect(circumstancesOf({ HOME: '/home/ada', CORDON_OFFLINE: '' }, laptop)).toEqual([]);
  });
  test('each by a word, never by its value', () => {
    const env = {
      CORDON_OFFLINE: '1',
      CORDON_BUDGET_MS: '1',
      CI: 'true',
      GIT_SSH_COMMAND: 'ssh -i /secret/key',
      GIT_CONFIG_COUNT: '1',
      GIT_OBJECT_DIRECTORY: '/elsewhere',
    };
    const words = circumstancesOf(env, { server: false, stateMoved: true });
    expect(words).toEqual([
      'state-moved',
      'offline',
      'budget-shortened',
      'ci',
      'ssh-command',
      'git-config-env',
      'objects-elsewhere',
    ]);
  });
  test("a server's quarantine is git's own", () => {
    const env = { GIT_OBJECT_DIRECTORY: '/q' };
    expect(circumstancesOf(env, { server: true, stateMoved: false })).toEqual([]);
  });
});

describe('who', () => {
  const ada = { name: 'ada', uid: 1000, machine: 'laptop' };
  test('is the system user, whatever a variable claims', () => {
    expect(actorOf(ada, { GL_USERNAME: 'eve', USER: 'eve' }, false)).toBe('ada@laptop');
    expect(actorOf({ uid: 4711, machine: 'pod' }, {}, false)).toBe('uid-4711@pod');
  });
  test("is, on a server, what the forge says, with the server's own user beside it", () => {
    const git = { name: 'git', uid: 998, machine: 'forge' };
    expect(actorOf(git, {}, true)).toBe('git@forge');
    expect(actorOf(git, { GL_USERNAME: 'eve', GL_ID: 'user-7' }, true)).toBe('eve via git@forge');
    expect(actorOf(git, { GITEA_PUSHER_NAME: 'bo\nvia\u001b[2Jroot' }, true)).toBe(
      'bo_via_[2Jroot via git@forge',
    );
    expect(claimOf({ GITEA_PUSHER_ID: '3' })).toEqual({ forge: 'gitea', name: '3' });
  });
});

test('a self-test is one only as long as it stays in its folder', () => {
  const top = '/tmp/cordon-self-test-aB3dE9/work';
  expect(isSelfTest(top, '/tmp/cordon-self-test-aB3dE9/remote.git')).toBe(true);
  expect(isSelfTest('/tmp/cordon-self-test-aB3dE9/remote.git')).toBe(true);
  expect(isSelfTest(top, 'git@github.com:eve/x')).toBe(false);
  expect(isSelfTest(top, '/tmp/cordon-self-test-aB3dE9/../out.git')).toBe(false);
  expect(isSelfTest('/home/ada/work', '/home/ada/remote.git')).toBe(false);
});
