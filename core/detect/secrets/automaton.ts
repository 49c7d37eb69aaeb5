/**
 * All keywords as one Aho–Corasick automaton over bytes, with ASCII case folded into the table: one
 * load a byte, whatever the number of keywords.
 */
export interface Automaton {
  /**
   * `next[state + byte]`, states being multiples of 256. Negative where a keyword ends: the state is
   * then its opposite, so that four lanes need one branch.
   */
  readonly next: Int32Array;
  /** By state / 256: the indices of the keywords that end there. */
  readonly ends: readonly (Uint16Array | undefined)[];
  /** Length of the longest keyword. */
  readonly longest: number;
}

const fold = (byte: number) => (byte >= 65 && byte <= 90 ? byte + 32 : byte);

/** Builds the automaton. Keywords are latin1 text, not empty. */
export function buildAutomaton(keywords: readonly string[]): Automaton {
  const states = 1 + keywords.reduce((sum, keyword) => sum + keyword.length, 0);
  let next = new Int32Array(states * 256);
  const found: number[][] = [[]];
  let count = 1;
  let longest = 0;
  keywords.forEach((keyword, index) => {
    let state = 0;
    for (let i = 0; i < keyword.length; i++) {
      const at = state * 256 + fold(keyword.charCodeAt(i) & 0xff);
      let to = next[at] ?? 0;
      if (to === 0) {
        to = count++;
        found.push([]);
        next[at] = to;
      }
      state = to;
    }
    found[state]?.push(index);
    longest = Math.max(longest, keyword.length);
  });
  next = next.subarray(0, count * 256);
  link(next, found, count);
  for (let state = 0; state < count; state++) {
    const row = state * 256;
    for (let byte = 65; byte <= 90; byte++) next[row + byte] = next[row + byte + 32] ?? 0;
  }
  const terminal = found.map((ends) => ends.length > 0);
  for (let at = 0; at < next.length; at++) {
    const to = next[at] ?? 0;
    if (to !== 0) next[at] = terminal[to] === true ? -(to * 256) : to * 256;
  }
  return {
    next,
    ends: found.map((ends) => (ends.length === 0 ? undefined : Uint16Array.from(ends))),
    longest,
  };
}

/** Breadth first: each missing edge becomes the edge of the longest proper suffix. */
function link(next: Int32Array, found: number[][], count: number): void {
  const suffix = new Int32Array(count);
  const queue = new Int32Array(count);
  let tail = 0;
  for (let byte = 0; byte < 256; byte++) {
    const to = next[byte] ?? 0;
    if (to !== 0) queue[tail++] = to;
  }
  for (let head = 0; head < tail; head++) {
    const state = queue[head] ?? 0;
    const row = state * 256;
    const fallback = (suffix[state] ?? 0) * 256;
    found[state]?.push(...(found[suffix[state] ?? 0] ?? []));
    for (let byte = 0; byte < 256; byte++) {
      const to = next[row + byte] ?? 0;
      const other = next[fallback + byte] ?? 0;
      if (to === 0) next[row + byte] = other;
      else {
        suffix[to] = other;
        queue[tail++] = to;
      }
    }
  }
}
