import { expect, test } from 'vitest';
import { GRAM, gramsOf } from './grams.ts';
import { lex } from './lex.ts';
import { ownSources, python } from '../testing.ts';
import { kind, type TokenStream, type View } from '../types.ts';

/** What a gram says, spelled out: the slow and obvious form. */
function spell(stream: TokenStream, tokens: Uint32Array, start: number, view: View): string {
  const said: string[] = [];
  for (let j = start; j < start + GRAM[view]; j++) {
    const token = tokens[j]!;
    const name = (at: number) => `${stream.halves[2 * at]}:${stream.halves[2 * at + 1]}`;
    if (view === 'text' || stream.kinds[token] !== kind.identifier) said.push(name(token));
    else {
      let distance = 0;
      for (let i = j - 1; i >= start && distance === 0; i--) {
        const other = tokens[i]!;
        if (stream.kinds[other] === kind.identifier && name(other) === name(token))
          distance = j - i;
      }
      said.push(`id ${distance}`);
    }
  }
  return said.join(' ');
}

test.each(['text', 'rename'] as const)(
  '%s: rolling tells grams apart as the naive form does',
  (view) => {
    const byHash = new Map<string, string>();
    const bySpelling = new Map<string, string>();
    let grams = 0;
    for (const { text } of ownSources('core/detect/secrets').slice(0, 45)) {
      const { code } = lex(Buffer.from(text));
      const { count, high, low, tokens } = gramsOf(code, view);
      for (let i = 0; i < count; i++) {
        const hash = `${high[i]}:${low[i]}`;
        const spelled = spell(code, tokens, i, view);
        expect(byHash.get(hash) ?? spelled).toBe(spelled);
        expect(bySpelling.get(spelled) ?? hash).toBe(hash);
        byHash.set(hash, spelled);
        bySpelling.set(spelled, hash);
        grams++;
      }
    }
    expect(grams).toBeGreaterThan(7000);
  },
);

test('consistent renaming changes no rename gram, and nearly all of text', () => {
  const renamed = python.replace(
    /\b(?!(?:class|def|if|is|not|and|None|for|in|return|self)\b)[a-z_]{3,}\b/g,
    (name) =>
      ['tokens', 'failed', 'router'].includes(name)
        ? name
        : `v_${name.length}_${name.at(0)}${name.at(-1)}`,
  );
  const of = (text: string, view: View) => {
    const { high, low } = gramsOf(lex(Buffer.from(text)).code, view);
    return Array.from(high, (one, i) => `${one}:${low[i]}`);
  };
  expect(of(renamed, 'rename')).toEqual(of(python, 'rename'));
  expect(of(python, 'rename').length).toBeGreaterThan(60);
  const before = new Set(of(python, 'text'));
  expect(of(renamed, 'text').filter((gram) => before.has(gram)).length).toBe(0);
});

test('a stream shorter than a gram has none', () => {
  expect(gramsOf(lex(Buffer.from('a b c d e f g')).code, 'text').count).toBe(0);
  expect(gramsOf(lex(Buffer.from('a b c d e f g h')).code, 'text').count).toBe(1);
});
