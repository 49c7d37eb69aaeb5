import { expect, test } from 'vitest';
import { scoreCopies } from './find-copies.ts';
import { createIndexBuilder, defaultThresholds } from '../indexing/index-builder.ts';
import { indexOf, noBackground, sourceFile } from '../testing.ts';
import type { WordTable } from '../types.ts';

const words: WordTable = { bits: () => 10 };
const names = (from: number, count: number, between = '\n') =>
  Array.from({ length: count }, (_, i) => `name${from + i}`).join(between);

/** What a text that is the whole of a registered file scores. */
function scoreOf(text: string, table = words) {
  const builder = createIndexBuilder({ words: table, background: noBackground });
  builder.add(sourceFile('a.py', text));
  return scoreCopies(builder.build(), Buffer.from(text), { words: table });
}

test('each word counts the less the more often it was said', () => {
  const once = scoreOf(names(0, 40));
  // The words at both ends may stand in no gram that was kept.
  expect(once.bits).toBeGreaterThan(340);
  // The same length, but five words in changing order.
  const few = Array.from({ length: 40 }, (_, i) => `name${(i * i + (i >> 2)) % 5}`).join('\n');
  expect(scoreOf(few).bits).toBeLessThan(defaultThresholds.warn.bits + 20);
});

test('getters, annotations and tables of small numbers are no evidence', () => {
  const property = ['version', 'region', 'state', 'owner']
    .map(
      (it) =>
        `def ${it}(self):\n    return self._${it}\n@${it}.setter\ndef ${it}(self, ${it}):\n    self._${it} = ${it}`,
    )
    .slice(0, 1);
  expect(scoreOf(property.join('\n')).bits).toBeLessThan(defaultThresholds.warn.bits);
  const remarks = Array.from(
    { length: 8 },
    (_, i) => `"k${i % 3}": f(x),  # lint: disable=protected-access`,
  );
  expect(scoreOf(remarks.join('\n')).bits).toBeLessThan(defaultThresholds.warn.bits);
  const matrix = Array.from(
    { length: 30 },
    (_, i) => `[${i % 2}, ${(i >> 1) % 2}, 0, ${(i >> 2) % 2}],`,
  );
  expect(scoreOf(matrix.join('\n')).bits).toBeCloseTo(9, -1);
});

test('measured numbers are evidence', () => {
  const rare: WordTable = { bits: () => 16 };
  const values = Array.from({ length: 20 }, (_, i) => `[${Math.sin(i + 1)}, ${Math.cos(i + 1)}],`);
  expect(scoreOf(values.join('\n'), rare).bits).toBeGreaterThan(defaultThresholds.block.bits);
});

test('renaming: assignments field by field and lists of constants are no evidence', () => {
  const fields = Array.from({ length: 20 }, (_, i) => `desc->field${i} = info->other${i};`);
  const constants = Array.from({ length: 20 }, (_, i) => `  STATE_${names(i, 1)} = ${i},`);
  for (const lines of [fields, constants]) {
    const index = indexOf(sourceFile('a.c', lines.join('\n')));
    const renamed = lines.join('\n').replaceAll(/\b([a-z])(\w+)/gi, 'q$1$2');
    const { bits, tokens } = scoreCopies(index, Buffer.from(renamed), { words });
    expect(bits).toBe(0);
    expect(tokens).toBeLessThan(defaultThresholds.warn.tokens);
  }
});

test('what two chains of one match say twice counts once', () => {
  const first = names(0, 20);
  const apart = `${first}\n${names(500, 40)}\n${first}\nname9\nname3`;
  const builder = createIndexBuilder({ words, background: noBackground });
  builder.add(sourceFile('a.py', `${first}\n${names(100, 40)}\n${first}`));
  const { bits } = scoreCopies(builder.build(), Buffer.from(apart), { words });
  expect(bits).toBeLessThan(20 * 10 * 1.5);
});

test('a line or two of a source, and comments alone, need more', () => {
  const wrapped = scoreOf(names(0, 20, '\n'));
  const oneLine = scoreOf(names(0, 20, ' '));
  expect(oneLine.bits).toBeCloseTo(wrapped.bits / 2);
  const comments = scoreOf(names(0, 20, '\n# ').replace(/^/, '# '));
  expect(comments.bits).toBeCloseTo(wrapped.bits / 3);
  // A source of several lines stays one, however its copy is wrapped.
  const index = indexOf(sourceFile('a.py', names(0, 20)));
  const joined = scoreCopies(index, Buffer.from(names(0, 20, ' ')), { words });
  expect(joined.bits).toBe(wrapped.bits);
});
