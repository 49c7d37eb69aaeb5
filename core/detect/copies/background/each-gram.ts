import { gramsOf } from '../grams.ts';
import { lex } from '../lex.ts';
import type { View } from '../types.ts';

export type OnGram = (view: View, high: number, low: number) => void;

/** Every gram of a text, of code and prose, in both views: what a background is made of. */
export function eachGram(bytes: Buffer, onGram: OnGram): void {
  const { code, prose } = lex(bytes);
  for (const stream of [code, prose]) {
    for (const view of ['text', 'rename'] as const) {
      const { count, high, low } = gramsOf(stream, view);
      for (let i = 0; i < count; i++) onGram(view, high[i] ?? 0, low[i] ?? 0);
    }
  }
}
