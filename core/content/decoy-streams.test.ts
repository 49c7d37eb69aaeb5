import { deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { bufferSource } from '../source/buffer-source.ts';
import { createBudget } from './budget.ts';
import { openLayers } from './open-layers.ts';

/** Streams that are meant to be passed over: behind a prefix, behind a decoy, or too many to try. */

const payload = Buffer.from(`weights ${'of a model '.repeat(20)}`);
const prefix = Buffer.from('\u0089PNG\0', 'latin1');
const decoy = Buffer.from('1f8b0800000000000003ffffffff00', 'hex');

async function look(content: Buffer, budget = createBudget()): Promise<string[]> {
  const seen: string[] = [];
  for await (const item of openLayers(bufferSource(content), { budget })) {
    if ('kind' in item) seen.push(item.rule);
    else if (item.depth > 0) {
      const head = await item.source.read(0, payload.length);
      if (head.equals(payload)) seen.push(item.way);
    }
  }
  return seen;
}

test('a gzip header that leads nowhere hides no stream behind it', async () => {
  expect(await look(Buffer.concat([prefix, decoy, gzipSync(payload)]))).toContain('gzip');
});

test('a zlib stream behind a prefix is inflated however long it gets', async () => {
  const long = Buffer.concat([payload, Buffer.alloc(5 * 1024 * 1024, '\u0007\u0008')]);
  expect(await look(Buffer.concat([prefix, deflateSync(long)]))).toContain('zlib');
});

test.each([
  ['zlib', Buffer.from('0078da', 'hex')],
  ['gzip', decoy],
])('%s headers without end stop in time, and say so', async (_name, header) => {
  const late = createBudget({ deadline: performance.now() });
  expect(await look(Buffer.alloc(2 * 1024 * 1024, header), late)).toContain('time-budget');
});
