import { expect, test } from 'vitest';
import { makeToken, makeWeights } from '../support/lab.ts';
import { sendPack, storeObject } from './send-pack.ts';
import { blocksOf, hasObject, makePair } from './server.ts';
import type { Pair } from './server.ts';

test('a pack made by hand is taken where all it holds is clean', async () => {
  using pair = await makePair();
  const tip = pair.client.commit({ 'a.txt': 'a\n' });
  const blob = storeObject(pair.client, 'nobody points at me\n');
  const tree = pair.client.git('rev-parse', `${tip}^{tree}`);
  const update = { ref: 'refs/heads/topic', to: tip };
  const answer = sendPack(pair, update, [tip, tree, `${tip}:a.txt`, blob].map(resolveIn(pair)));
  expect(answer).toContain('ok refs/heads/topic');
  expect(hasObject(pair.server, blob)).toBe(true);
});

const resolveIn =
  ({ client }: Pair) =>
  (name: string): string =>
    client.git('rev-parse', name);

test('weights that no ref reaches are found in the pack', async () => {
  using pair = await makePair();
  const tip = pair.client.commit({ 'a.txt': 'a\n' });
  const tree = pair.client.git('rev-parse', `${tip}^{tree}`);
  const hidden = storeObject(pair.client, makeWeights());
  const update = { ref: 'refs/heads/topic', to: tip };
  const answer = sendPack(pair, update, [tip, tree, `${tip}:a.txt`, hidden].map(resolveIn(pair)));
  expect(answer).toContain('ng refs/heads/topic');
  expect(blocksOf(pair.report())).toEqual(['weights safetensors']);
  expect(hasObject(pair.server, hidden)).toBe(false);
});

test('beside a new ref at what is here already, a hidden object is found too', async () => {
  using pair = await makePair();
  const old = pair.client.git('rev-parse', 'main');
  const hidden = storeObject(pair.client, `token = "${makeToken()}"\n`);
  const answer = sendPack(pair, { ref: 'refs/heads/copy', to: old }, [hidden]);
  expect(answer).toContain('ng refs/heads/copy');
  expect(blocksOf(pair.report())).toEqual(['secret huggingface-token']);
  expect(pair.at('refs/heads/copy')).toBeUndefined();
});

test('markings count for a hidden commit, and its message is content', async () => {
  using pair = await makePair();
  const { client } = pair;
  const old = client.git('rev-parse', 'main');
  client.git('checkout', '-q', '-b', 'secret');
  const hidden = client.commit({ 'src/model/a.py': 'a = 1\n' }, `Use ${makeToken()}`);
  const objects = client.git('rev-list', '--objects', '--no-object-names', `${old}..${hidden}`);
  const answer = sendPack(pair, { ref: 'refs/heads/copy', to: old }, objects.split('\n'));
  expect(answer).toContain('ng refs/heads/copy');
  expect(blocksOf(pair.report()).sort()).toEqual(['label marked', 'secret huggingface-token']);
});

test('an object left from before becomes content when a ref comes to reach it', async () => {
  using pair = await makePair();
  const { client, server } = pair;
  const weights = server.gitBytes(makeWeights(), 'hash-object', '-w', '--stdin').toString().trim();
  // The client does not send the blob: the server has it, though none of its refs reaches it.
  const tip = client.commit({ 'm.bin': makeWeights() });
  expect(client.git('rev-parse', 'HEAD:m.bin')).toBe(weights);
  const tree = client.git('rev-parse', `${tip}^{tree}`);
  const answer = sendPack(pair, { ref: 'refs/heads/topic', to: tip }, [tip, tree]);
  expect(answer).toContain('ng refs/heads/topic');
  expect(blocksOf(pair.report())).toEqual(['weights safetensors']);
});
