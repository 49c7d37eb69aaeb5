import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePlace, makeWork, type Place } from '../bad-input/support.ts';
import { briefly, readBack, recordOf } from './read-back.ts';

const zero = '0'.repeat(40);

/** Runs the push hook as a person whose account has this home, whatever HOME says. */
function push(place: Place, top: string, account: string, env: NodeJS.ProcessEnv) {
  const preload = join(place.root, 'account.cjs');
  writeFileSync(
    preload,
    `const os = require('node:os');
os.userInfo = () => ({ username: 'ada', homedir: ${JSON.stringify(account)} });
require('node:module').syncBuiltinESMExports();\n`,
  );
  const tip = place.git(top, 'rev-parse', 'HEAD');
  return place.cordon(['hook', 'pre-push', 'x', 'https://git.lab.example/x'], {
    cwd: top,
    input: [Buffer.from(`refs/heads/main ${tip} refs/heads/main ${zero}\n`)],
    nodeOptions: ['--require', preload],
    env: { ...place.env, ...env, CORDON_OFFLINE: '1' },
  });
}

test.each(['HOME', 'XDG_STATE_HOME'])(
  'a record that %s leads elsewhere is told where the person would look',
  async (variable) => {
    using place = makePlace();
    const top = makeWork(place);
    const account = place.home;
    const elsewhere = join(place.root, 'elsewhere');
    mkdirSync(elsewhere);
    expect(await push(place, top, account, {})).toMatchObject({ code: 0 });
    const env = { [variable]: elsewhere };
    expect(await push(place, top, account, env)).toMatchObject({ code: 0 });
    const state = variable === 'HOME' ? join(elsewhere, '.local/state') : elsewhere;
    const usual = await readBack(recordOf(account));
    expect(briefly(usual)).toEqual(['push allow', 'moved']);
    expect(usual[0]?.circumstances).not.toContain('state-moved');
    expect(usual[1]).toMatchObject({ to: join(state, 'cordon/record') });
    const moved = await readBack(join(state, 'cordon/record'));
    expect(briefly(moved)).toEqual(['push allow']);
    expect(moved[0]?.circumstances).toContain('state-moved');
  },
);

test('where no record stands, none is begun in a home that was not meant', async () => {
  using place = makePlace();
  const top = makeWork(place);
  const account = join(place.root, 'account');
  mkdirSync(account);
  expect(await push(place, top, account, {})).toMatchObject({ code: 0 });
  expect(existsSync(join(account, '.local'))).toBe(false);
  expect(briefly(await readBack(recordOf(place.home)))).toEqual(['push allow']);
});
