import { OTHER, type Value } from './values.ts';

/** Entries that matter are kept up to here; what is beyond is unknown, and unknown is never clean. */
const MOST_ENTRIES = 250_000;

export interface Memo {
  get(index: number): Value;
  /** OTHER forgets: it is what an index that is not there gives. */
  set(index: number, value: Value): void;
}

/** An unpickler's memo. With `below`, what is not set here is looked up there. */
export function makeMemo(below?: Memo): Memo {
  const entries = new Map<number, Value>();
  return {
    get(index) {
      return entries.get(index) ?? below?.get(index) ?? OTHER;
    },
    set(index, value) {
      if (value === OTHER && below === undefined) entries.delete(index);
      else if (entries.size < MOST_ENTRIES || entries.has(index)) entries.set(index, value);
    },
  };
}
