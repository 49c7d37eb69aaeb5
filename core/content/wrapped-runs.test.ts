import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { findEncodedRuns } from './find-encoded-runs.ts';

const noise = (length: number): Buffer =>
  createHash('shake256', { outputLength: length }).update('noise').digest();

const wrap = (text: string, width: number): string =>
  text.match(new RegExp(`.{1,${width}}`, 'g'))?.join('\n') ?? '';

function decoded(text: string): Buffer[] {
  const found: Buffer[] = [];
  findEncodedRuns(Buffer.from(text), (_name, content) => found.push(content));
  return found;
}

const sum = (found: readonly Buffer[]): number =>
  found.reduce((total, { length }) => total + length, 0);

test.each(['hex', 'base64'] as const)(
  'wrapped %s is decoded a few times, not once a line',
  (way) => {
    const bytes = noise(256 * 1024);
    for (const width of [64, 65, 76]) {
      const found = decoded(wrap(bytes.toString(way), width));
      expect(found.some((content) => content.equals(bytes))).toBe(true);
      // Four beginnings, and four steps of the digits from each: whatever the number of lines.
      expect(sum(found)).toBeLessThanOrEqual(16 * bytes.length);
    }
  },
);

test('a stream that begins in a later line of the same width is found in each step', () => {
  const hidden = gzipSync(noise(2000));
  for (const width of [64, 65, 66, 67]) {
    for (const lines of [1, 2, 3]) {
      const decoy = wrap(
        noise(1024)
          .toString('hex')
          .slice(0, width * lines),
        width,
      );
      const text = `${decoy}\n${wrap(hidden.toString('base64').replaceAll('=', ''), width)}`;
      expect(decoded(text).some((content) => content.includes(hidden))).toBe(true);
    }
  }
});
