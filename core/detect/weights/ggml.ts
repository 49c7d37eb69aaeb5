import { capBytes, type Format, type Recognised } from './format.ts';
import { type Reading, take, type Window } from './window.ts';

/** The magics of GGML's older files, as they lie on disk (u32 little endian). */
const MAGICS: ReadonlyMap<string, string> = new Map([
  ['lmgg', 'ggml'],
  ['fmgg', 'ggmf'],
  ['tjgg', 'ggjt'],
  ['algg', 'ggla'],
]);
const HEADER = 4 * 12;

/** GGML, GGMF, GGJT and GGLA: magic, version but in the first, small positive hyperparameters. */
export const ggml: Format = {
  rule: 'ggml',

  claims(head, size) {
    return size >= HEADER && MAGICS.has(head.toString('latin1', 0, 4));
  },

  *read(window: Window): Reading<Recognised | undefined> {
    const head = yield* take(window, 0, HEADER);
    const rule = MAGICS.get(head.toString('latin1', 0, 4));
    if (rule === undefined || head.length < HEADER) return undefined;
    // Vocabulary, width, heads, layers: text never passes, its four letters are past ten million.
    for (let at = 4; at < 24; at += 4) if (head.readUInt32LE(at) > 10_000_000) return undefined;
    if (head.readUInt32LE(4) === 0) return undefined;
    return {
      rule,
      payloadBytes: capBytes(window.size - HEADER),
      offset: 0,
      payload: [],
      end: window.size,
    };
  },
};
