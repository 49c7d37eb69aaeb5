import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildAutomaton } from './automaton.ts';
import { findKeywords } from './prefilter.ts';

/** ASCII only, as the automaton does. */
const fold = (text: string) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** Every keyword at every place, the slow way. */
function findNaively(keywords: readonly string[], bytes: Buffer, from: number, to: number) {
  const text = fold(bytes.toString('latin1'));
  const found: string[] = [];
  for (let end = from; end < to; end++) {
    keywords.forEach((keyword, index) => {
      const start = end + 1 - keyword.length;
      if (start >= 0 && text.startsWith(fold(keyword), start)) found.push(`${end}:${index}`);
    });
  }
  return found.sort();
}

function findByAutomaton(keywords: readonly string[], bytes: Buffer, from: number, to: number) {
  const automaton = buildAutomaton(keywords);
  const hits = findKeywords(automaton, bytes, from, to);
  const found: string[] = [];
  let last = -1;
  for (let i = 0; i < hits.count; i++) {
    const end = hits.at[i] ?? 0;
    expect(end).toBeGreaterThan(last);
    last = end;
    for (const index of automaton.ends[hits.state[i] ?? 0] ?? []) found.push(`${end}:${index}`);
  }
  return found.sort();
}

const letter = fc.constantFrom('a', 'b', 'c', 'A', 'B', '-', 'é');
const keyword = fc.string({ unit: letter, minLength: 1, maxLength: 7 });

test('finds every keyword and nothing else, in one lane', () => {
  fc.assert(
    fc.property(
      fc.array(keyword, { minLength: 1, maxLength: 12 }),
      fc.string({ unit: letter, maxLength: 200 }),
      fc.nat(50),
      (keywords, text, from) => {
        const bytes = Buffer.from(text, 'latin1');
        const start = Math.min(from, bytes.length);
        expect(findByAutomaton(keywords, bytes, start, bytes.length)).toEqual(
          findNaively(keywords, bytes, start, bytes.length),
        );
      },
    ),
  );
});

test('four lanes tell what one lane tells, wherever a keyword lies across them', () => {
  fc.assert(
    fc.property(
      fc.array(keyword, { minLength: 1, maxLength: 6 }),
      fc.string({ unit: letter, minLength: 1030, maxLength: 1300 }),
      fc.nat(20),
      (keywords, text, from) => {
        const bytes = Buffer.from(text, 'latin1');
        expect(findByAutomaton(keywords, bytes, from, bytes.length)).toEqual(
          findNaively(keywords, bytes, from, bytes.length),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test('reads every byte value', () => {
  const bytes = Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7) & 255));
  const keywords = ['\u0000\u0007', '\u00ff\u0006', '\u00e5\u00ec\u00f3'];
  expect(findByAutomaton(keywords, bytes, 0, bytes.length)).toEqual(
    findNaively(keywords, bytes, 0, bytes.length),
  );
});
