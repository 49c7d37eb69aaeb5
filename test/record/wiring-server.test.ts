import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { makePair } from '../receive/server.ts';
import { makeWeights } from '../support/lab.ts';
import { briefly, readBack, recordOf } from './read-back.ts';

test('a server records what it receives, by whom the forge says, and what it refuses', async () => {
  using pair = await makePair();
  const { client, server } = pair;
  // Over a plain path the hook has the pusher's own environment, and writes where that leads.
  const folder = recordOf(join(dirname(client.dir), 'home'));
  expect(briefly(await readBack(recordOf(join(dirname(server.dir), 'home'))))).toEqual([
    'receive allow self-test',
    'receive block self-test',
    'posture installed server',
  ]);
  client.commit({ 'model.txt': makeWeights() });
  const asAda = { ...client.env, GITEA_PUSHER_NAME: 'ada' };
  expect(await client.runWith(asAda, 'push', '-q', 'origin', 'main')).toMatchObject({ code: 1 });
  expect(await client.push('-q', 'origin', 'main~1:refs/heads/old')).toMatchObject({ code: 0 });
  expect(await client.push('-q', 'origin', ':old')).toMatchObject({ code: 0 });
  const events = await readBack(folder);
  expect(briefly(events)).toEqual([
    'receive allow',
    'policy-change allow changed',
    'receive block',
    'receive allow',
    'receive allow deletes-refs',
  ]);
  const refused = events[2];
  expect(refused).toMatchObject({
    label: 'weights',
    to: 'git.lab.example/models/alpha',
    home: 'git.lab.example/models/alpha',
    refs: [{ name: 'refs/heads/main', tip: client.git('rev-parse', 'HEAD') }],
    findings: [{ kind: 'weights', rule: 'safetensors', severity: 'block' }],
    data: { pusherBy: 'gitea' },
  });
  expect(refused?.actor).toMatch(/^ada via [^@ ]+@[^@ ]+$/);
  expect(events[3]?.actor).not.toContain(' via ');
  expect(events[4]?.refs).toEqual([{ name: 'refs/heads/old', tip: '0'.repeat(40) }]);
});
