import { BUCKET_BITS, NAME_BITS, nameOf } from './entries.ts';
import { gramsOf } from '../lexer/grams.ts';
import { lex } from '../lexer/lex.ts';
import { packLines } from './line-table.ts';
import { WINDOW, winnow } from '../lexer/winnow.ts';
import type { Background, Grams, IndexedFile, SourceFile, TokenStream, View } from '../types.ts';

/** The kept grams of one stream of one file in one view. */
export interface TakenSegment {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
  /** Position of each within the stream. */
  readonly place: Uint32Array;
  readonly isProse: boolean;
  /** Positions of the whole stream. */
  readonly positions: number;
  readonly lines: Uint8Array;
}

export interface TakenFile {
  readonly file: IndexedFile;
  readonly text: readonly TakenSegment[];
  readonly rename: readonly TakenSegment[];
  readonly kept: { readonly text: number; readonly rename: number; readonly background: number };
}

/** Occurrences of one gram that are kept of one stream: a generated table is one thing, not thousands. */
const OCCURRENCES = 16;

/** What an index holds of a file. Comments count in the text view alone: as prose, all renamed text is alike. */
export function takeFile(
  { id, path, label, bytes }: SourceFile,
  background: Background,
): TakenFile {
  const { code, prose } = lex(bytes);
  let removed = 0;
  const take = (stream: TokenStream, view: View): TakenSegment[] => {
    const grams = gramsOf(stream, view);
    const skip = new Uint8Array(grams.count);
    for (let i = 0; i < grams.count; i++) {
      if (background.has(view, grams.high[i]!, grams.low[i]!)) {
        skip[i] = 1;
        removed++;
      }
    }
    const place = fewOfEach(grams, winnow(grams, WINDOW[view], skip));
    if (place.length === 0) return [];
    return [
      {
        high: Uint32Array.from(place, (at) => grams.high[at]!),
        low: Uint32Array.from(place, (at) => grams.low[at]!),
        place,
        isProse: stream === prose,
        positions: grams.tokens.length,
        lines: packLines((at) => stream.lines[grams.tokens[at]!]!, grams.tokens.length),
      },
    ];
  };
  const text = [...take(code, 'text'), ...take(prose, 'text')];
  const rename = take(code, 'rename');
  const sum = (segments: readonly TakenSegment[]) =>
    segments.reduce((total, { place }) => total + place.length, 0);
  return {
    file: { id, path, label },
    text,
    rename,
    kept: { text: sum(text), rename: sum(rename), background: removed },
  };
}

function fewOfEach({ high, low }: Grams, places: Uint32Array): Uint32Array {
  const times = new Map<number, number>();
  return places.filter((at) => {
    const name = (high[at]! >>> (32 - BUCKET_BITS)) * 2 ** NAME_BITS + nameOf(low[at]!);
    const before = times.get(name) ?? 0;
    times.set(name, before + 1);
    return before < OCCURRENCES;
  });
}
