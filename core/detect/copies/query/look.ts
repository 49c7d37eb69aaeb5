import { CordonError } from '../../../error.ts';
import { chainHits, type Chain } from './chain.ts';
import { gramsOf } from '../lexer/grams.ts';
import { lex } from '../lexer/lex.ts';
import type { CopyIndex, Grams, TokenStream, View, WordTable } from '../types.ts';

export interface FindOptions {
  readonly words: WordTable;
  /** Milliseconds of `performance.now()` after which `CordonError('time-up')` is thrown. */
  readonly deadline?: number;
}

/** One stream of a piece of text, ready to be asked for in any index. */
export interface Looked {
  readonly stream: TokenStream;
  readonly text: Grams;
  readonly rename: Grams;
  /** Lines of the text before the piece. */
  readonly linesBefore: number;
}

/** A text is looked at in pieces of this size, so that memory stays bounded. */
const PIECE = 4 * 1024 * 1024;
/** What two pieces share: more than any copy needs to count. */
const SHARED = 64 * 1024;
/** The streams of a text piece by piece: the code and the prose of each. */
export function* lookAt(bytes: Buffer, { deadline }: FindOptions): Generator<readonly Looked[]> {
  for (const piece of piecesOf(bytes)) {
    checkTime(deadline);
    const { code, prose } = lex(piece.bytes);
    yield [code, prose].map((stream) => ({
      stream,
      text: gramsOf(stream, 'text'),
      rename: gramsOf(stream, 'rename'),
      linesBefore: piece.linesBefore,
    }));
  }
}

/** A text in pieces, each beginning at a line where there is one. */
function* piecesOf(bytes: Buffer): Generator<{ bytes: Buffer; linesBefore: number }> {
  let linesBefore = 0;
  let start = 0;
  for (;;) {
    const end = Math.min(bytes.length, start + PIECE);
    yield { bytes: bytes.subarray(start, end), linesBefore };
    if (end === bytes.length) return;
    const newline = bytes.indexOf(10, end - SHARED);
    const next = newline >= 0 && newline < end ? newline + 1 : end - SHARED;
    for (let at = bytes.indexOf(10, start); at >= 0 && at < next; at = bytes.indexOf(10, at + 1)) {
      linesBefore++;
    }
    start = next;
  }
}

function checkTime(deadline: number | undefined): void {
  if (deadline !== undefined && performance.now() > deadline) throw new CordonError('time-up');
}

/** The chains of one view. */
export const chainsOf = (
  index: CopyIndex,
  looked: Looked,
  view: View,
  { deadline }: FindOptions,
): Chain[] => chainHits(looked[view], view, index[view], () => checkTime(deadline));
