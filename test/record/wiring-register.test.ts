import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeMachine } from '../copies/pipeline-lab.ts';
import { cordon } from '../support/lab.ts';
import { readBack, recordOf } from './read-back.ts';

const PASSPHRASE = 'a kettle on a sledge';

test('whatever is done with an index of copies is recorded, and nothing of what is in it', async () => {
  using machine = await makeMachine();
  const { secret } = machine;
  const beside = (name: string) => join(dirname(secret.dir), name);
  const file = beside('copies.index');
  writeFileSync(beside('passphrase'), `${PASSPHRASE}\n`);
  const phrase = ['--passphrase-file', beside('passphrase')];
  for (const args of [
    ['--export', file, '--names', ...phrase],
    ['--import', file, ...phrase],
    ['--check'],
    ['--rotate', '--no-background'],
    ['--list'],
  ]) {
    expect(await cordon(secret, ['register', ...args])).toMatchObject({ code: 0 });
  }
  const events = await readBack(recordOf(secret.env['HOME'] ?? ''));
  const shown = events.map(({ kind, label, circumstances, path, to, data }) => ({
    kind,
    label,
    how: circumstances?.[0],
    words: circumstances?.slice(1).filter((word) => /key|pass|names/.test(word)),
    at: path ?? to,
    files: data?.['files'],
  }));
  const same = { kind: 'register', label: 'restricted', files: 1 };
  expect(shown).toEqual([
    { ...same, how: 'registered', words: ['key-made'], at: undefined },
    { ...same, how: 'exported', words: ['passphrase', 'with-names'], at: file },
    { ...same, how: 'imported', words: [], at: file },
    { ...same, how: 'rotated', words: ['anew-key'], at: undefined },
  ]);
  expect(new Set(events.flatMap(({ repository }) => repository ?? [])).size).toBe(1);
  expect(JSON.stringify(events)).not.toMatch(/kettle|blend\.py/);
});
