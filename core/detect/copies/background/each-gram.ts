import { gramsOf } from '../lexer/grams.ts';
import { lex } from '../lexer/lex.ts';
import type { Lexed, TokenStream, View } from '../types.ts';

export type OnGram = (view: View, high: number, low: number) => void;

/** Every gram of a text that an index could hold: what a background is made of. */
export function eachGram(bytes: Buffer, onGram: OnGram): void {
  eachGramOf(lex(bytes), onGram);
}

/** The same of a text that was lexed. Comments stand in the text view alone, as in an index. */
export function eachGramOf({ code, prose }: Lexed, onGram: OnGram): void {
  roll(code, 'text', onGram);
  roll(prose, 'text', onGram);
  roll(code, 'rename', onGram);
}

function roll(stream: TokenStream, view: View, onGram: OnGram): void {
  const { count, high, low } = gramsOf(stream, view);
  for (let i = 0; i < count; i++) onGram(view, high[i] ?? 0, low[i] ?? 0);
}
