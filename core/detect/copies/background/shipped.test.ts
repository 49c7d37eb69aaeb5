import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashWord } from '../lexer/hash.ts';
import { decodeGrams } from './gram-file.ts';
import { eachGram } from './each-gram.ts';
import { shippedBackground, shippedFile, shippedWords } from './shipped.ts';

/** Share of a text's grams that the shipped background has. */
function shareOf(text: string): number {
  const background = shippedBackground();
  let [has, count] = [0, 0];
  eachGram(Buffer.from(text), (view, high, low) => {
    if (background.has(view, high, low)) has += 1;
    count += 1;
  });
  return has / count;
}

const idiom = `
class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout=0.1, max_len=5000):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        pe = torch.zeros(max_len, d_model)
        position = torch.arange(0, max_len, dtype=torch.float).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
`;

// When one of these fails: the lexer changed; run test/copies/background/make-background.ts.
test('the shipped data fits the lexer of this build', () => {
  expect(() => shippedBackground()).not.toThrow();
  expect(() => shippedWords()).not.toThrow();
});

test('the shipped background has licences and idioms, and not what it never saw', () => {
  const licence = readFileSync(join(process.cwd(), 'LICENSE'), 'utf8');
  expect(shareOf(licence)).toBeGreaterThan(0.95);
  expect(
    shareOf(`/*\n * ${licence.slice(600, 4000).replaceAll('\n', '\n * ')}\n */`),
  ).toBeGreaterThan(0.9);
  expect(shareOf(idiom)).toBe(1);
  let state = 1;
  const strange = Array.from({ length: 20_000 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return `w${state.toString(36)}`;
  }).join(' + ');
  let [wrong, count] = [0, 0];
  eachGram(Buffer.from(strange), (view, high, low) => {
    // a + b + c renamed is an idiom indeed.
    if (view === 'rename') return;
    count += 1;
    if (shippedBackground().has(view, high, low)) wrong += 1;
  });
  expect(wrong / count).toBeLessThan(0.005);
});

test('words of every language weigh little, rare ones much, unseen ones sixteen bits', () => {
  const words = shippedWords();
  const bits = (text: string) => {
    const { high, low } = hashWord(Buffer.from(text));
    return words.bits(high, low);
  };
  for (const common of ['self', 'const', 'return', 'int', 'func', 'pub', 'public', 'the', 'import'])
    expect(bits(common)).toBeLessThan(11);
  for (const known of ['batch_size', 'dtype', 'std', 'struct', 'ctx', 'impl', 'tensor'])
    expect(bits(known)).toBeLessThan(16);
  expect(bits('self')).toBeLessThan(bits('batch_size'));
  expect(bits('neverSeenAnywhereX1')).toBe(16);
});

test('the shipped data stays small, and says what it is made of', () => {
  const size = (name: string) => statSync(shippedFile(name)).size;
  expect(size('public-grams.bin')).toBeLessThan(8_000_000);
  expect(size('public-words.bin')).toBeLessThan(800_000);
  const { about } = decodeGrams(readFileSync(shippedFile('public-grams.bin')));
  expect(JSON.stringify(about)).toContain('licence texts');
});
