import { expect, test } from 'vitest';
import type { Fact } from '../model.ts';
import { sumPayload } from './sum-payload.ts';

const weights = (layer: string, payloadBytes: number): Fact => ({
  kind: 'weights',
  rule: 'npy',
  at: { layer },
  payloadBytes,
  evidence: 'content',
});

test.each([
  ['nothing', [], 0],
  ['arrays side by side in an archive', [weights('a.npy', 10), weights('b.npy', 20)], 30],
  ['two models in one layer', [weights('', 10), weights('', 20)], 30],
  ['an archive that counts its members', [weights('', 100), weights('data/0', 60)], 100],
  ['more inside than it declares', [weights('', 10), weights('a', 60), weights('b', 60)], 120],
  [
    'archives in an archive',
    [weights('x.pt', 50), weights('x.pt!data/0', 40), weights('y.gz', 7)],
    57,
  ],
  ['layers between without facts', [weights('a', 5), weights('a!gzip!b!c', 9)], 9],
])('%s', (_, facts, sum) => {
  expect(sumPayload(facts)).toBe(sum);
});
