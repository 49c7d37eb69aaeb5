import { expect, test } from 'vitest';
import { secretsDetector } from './detector.ts';
import { detectAll, layerOf } from './testing.ts';

const prefix = ['h', 'f', '_'].join('');

async function rulesOf(text: string): Promise<string[]> {
  const { secrets } = await detectAll(secretsDetector, layerOf(Buffer.from(text), 'binary'));
  return secrets.map(({ rule }) => rule);
}

test.each(['hub5Cache5token', 'hub9CacheRepo4path', 'hub9CacheRepo3get'])(
  'a symbol of a Rust crate is no token: %s',
  async (path) => {
    const symbol = `_ZN6${prefix}${path}17h${'1c4f08e9a2b7d365'}E`;
    expect(await rulesOf(`\0${symbol}\0`)).toEqual([]);
  },
);

test('a token hides behind no hash that is glued to it', async () => {
  const token = `${prefix}${'qWkZtRxYpLmNvBcDsFgH'}${'jKuIoPaEwTyUzX'}`;
  expect(await rulesOf(`\0${token}\0`)).toEqual(['huggingface-token']);
  expect(await rulesOf(`\0${token}17h1c4f08e9a2b7d365E\0`)).toEqual(['huggingface-token']);
});
