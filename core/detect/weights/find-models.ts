import { findEmbedded } from './embedded.ts';
import { HEAD_BYTES, type Recognised, TAIL_BYTES } from './format.ts';
import { FORMATS } from './formats.ts';
import { findHeaderless } from './headerless.ts';
import { type Reading, take, type Window } from './window.ts';

/** What is left over after a recognised model is looked at again from this size on. */
const LEAST_REST = 4096;
/** Models stacked one behind the other: this many are followed. */
const MOST_STACKED = 64;

/** All models in one layer. `text`: no NUL in it, so that only text formats can be there. */
export function* findModels(window: Window, form: 'text' | 'binary'): Reading<Recognised[]> {
  const head = Buffer.from(yield* take(window, 0, HEAD_BYTES));
  const tailStart = Math.max(0, window.size - TAIL_BYTES);
  const tail =
    form === 'text'
      ? Buffer.alloc(0)
      : Buffer.from(yield* take(window, tailStart, window.size - tailStart));
  const found: Recognised[] = [];
  for (const format of FORMATS) {
    if (!format.claims(head, window.size, tail)) continue;
    const recognised = yield* format.read(window);
    if (recognised !== undefined) found.push(recognised);
  }
  if (form === 'text') return found;
  for (let i = 0; i < MOST_STACKED; i++) {
    const start = Math.max(0, ...found.map(({ end }) => end));
    if (window.size - start < LEAST_REST) break;
    const more = yield* findEmbedded(window, { start, end: window.size });
    if (more.length === 0) break;
    found.push(...more);
  }
  const rest = { start: Math.max(0, ...found.map(({ end }) => end)), end: window.size };
  const raw = yield* findHeaderless(window, rest);
  if (raw !== undefined) found.push(raw);
  return found;
}
