import { expect, test } from 'vitest';
import { mergeStreams, share } from './merge-streams.ts';

async function* count(from: number, to: number): AsyncGenerator<number, void, undefined> {
  for (let n = from; n < to; n += 1) {
    await Promise.resolve();
    yield n;
  }
}

test('gives every item of every stream once, a shared source included', async () => {
  const source = count(0, 50);
  let stops = 0;
  const seen: number[] = [];
  for await (const n of mergeStreams([share(source), share(source), count(50, 60)], () => {
    stops += 1;
  })) {
    seen.push(n);
  }
  expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, n) => n));
  expect(stops).toBe(1);
});

test('a failure is the merged stream’s, and the others are ended', async () => {
  let stopped: () => void = () => undefined;
  let closed = false;
  async function* waits(): AsyncGenerator<number, void, undefined> {
    try {
      await new Promise<void>((resolve) => {
        stopped = resolve;
      });
      yield 1;
    } finally {
      closed = true;
    }
  }
  async function* fails(): AsyncGenerator<number, void, undefined> {
    yield 0;
    await Promise.resolve();
    throw new Error('torn');
  }
  const drain = async () => {
    const seen: number[] = [];
    for await (const n of mergeStreams([waits(), fails()], () => stopped())) seen.push(n);
    return seen;
  };
  await expect(drain()).rejects.toThrow('torn');
  expect(closed).toBe(true);
});

test('a failure while the consumer is at work waits for it', async () => {
  async function* fails(): AsyncGenerator<number, void, undefined> {
    yield 0;
    await Promise.resolve();
    throw new Error('torn');
  }
  const seen: number[] = [];
  const drain = async () => {
    for await (const n of mergeStreams([fails()], () => undefined)) {
      seen.push(n);
      // An unhandled rejection would end the process here.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  await expect(drain()).rejects.toThrow('torn');
  expect(seen).toEqual([0]);
});
