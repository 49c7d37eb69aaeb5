import { type Region } from '../../content/layer.ts';
import type { Format, Recognised } from './format.ts';
import { gguf } from './gguf.ts';
import { hdf5 } from './hdf5.ts';
import { safetensors } from './safetensors.ts';
import { torchLegacy } from './torch-legacy.ts';
import { MOST_AT_ONCE, type Reading, readWithin, take, type Window } from './window.ts';

/** What stands before a model is searched this far for where it begins. */
const SEARCHED = MOST_AT_ONCE;
const MOST_CANDIDATES = 64;
/** Chance may imitate a small header in the middle of a file, not one with this much behind it. */
const LEAST_PAYLOAD = 4096;

/** Bytes to search for, and how far before them the format begins. */
const SIGNS: readonly { format: Format; sign: Buffer; before: number }[] = [
  // The high half of the header's length, then the header: below 100 MB those bytes are zero.
  { format: safetensors, sign: Buffer.from('\0\0\0\0{', 'latin1'), before: 4 },
  { format: gguf, sign: Buffer.from('GGUF', 'latin1'), before: 0 },
  { format: hdf5, sign: Buffer.from('894844460d0a1a0a', 'hex'), before: 0 },
  { format: torchLegacy, sign: Buffer.from('8a0a6cfc9c46f9206aa850192e', 'hex'), before: 2 },
];

/**
 * Models that begin later than at byte 0 of `region`: appended to a picture or a script, or behind a
 * few bytes put in front. Structure is validated in full, so a word in a text is none.
 */
export function* findEmbedded(window: Window, region: Region): Reading<Recognised[]> {
  const found: Recognised[] = [];
  const searched = Buffer.from(
    yield* take(window, region.start, Math.min(SEARCHED, region.end - region.start)),
  );
  for (const { format, sign, before } of SIGNS) {
    let candidates = 0;
    let at = searched.indexOf(sign);
    while (at >= 0 && candidates < MOST_CANDIDATES) {
      const start = region.start + at - before;
      const head = searched.subarray(at - before, at - before + 64);
      // At byte 0 of the layer it has been asked already.
      if (start > 0 && at >= before && format.claims(head, region.end - start, head)) {
        candidates += 1;
        const inner = yield* readWithin(window, { start, end: region.end }, (w) => format.read(w));
        if (inner !== undefined && inner.payloadBytes >= LEAST_PAYLOAD) {
          found.push(moveBy(inner, start));
          at = inner.end + start - region.start - 1;
        }
      }
      at = searched.indexOf(sign, at + 1);
    }
  }
  return found;
}

function moveBy(found: Recognised, by: number): Recognised {
  return {
    ...found,
    offset: found.offset + by,
    end: found.end + by,
    payload: found.payload.map(({ start, end }) => ({ start: start + by, end: end + by })),
  };
}
