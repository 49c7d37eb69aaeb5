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

/** A state while the tree of keywords grows: its edges by folded byte. */
interface Node {
  readonly edges: Map<number, number>;
  /** Keywords that end here; those of its longest suffix join them when it is linked. */
  ends: number[];
  suffix: number;
}

const newNode = (): Node => ({ edges: new Map(), ends: [], suffix: 0 });

/**
 * Builds the automaton. Keywords are latin1 text, not empty. A hook waits for this with cold code,
 * so rows are copied whole from their suffix's, never filled byte by byte.
 */
export function buildAutomaton(keywords: readonly string[]): Automaton {
  const nodes = growTree(keywords);
  const next = new Int32Array(nodes.length * 256);
  const queue = [0];
  // Breadth first: a suffix is shorter, so its row is finished when it is copied.
  for (let head = 0; head < queue.length; head++) {
    const state = queue[head] ?? 0;
    const node = nodes[state];
    if (node === undefined) continue;
    const row = state * 256;
    const from = node.suffix * 256;
    if (state !== 0) next.copyWithin(row, from, from + 256);
    for (const [byte, to] of node.edges) {
      const child = nodes[to];
      if (child === undefined) continue;
      if (state !== 0) child.suffix = Math.abs(next[from + byte] ?? 0) >> 8;
      child.ends = [...child.ends, ...(nodes[child.suffix]?.ends ?? [])];
      const entry = child.ends.length > 0 ? -(to * 256) : to * 256;
      next[row + byte] = entry;
      if (byte >= 97 && byte <= 122) next[row + byte - 32] = entry;
      queue.push(to);
    }
  }
  return {
    next,
    ends: nodes.map(({ ends }) => (ends.length === 0 ? undefined : Uint16Array.from(ends))),
    longest: Math.max(...keywords.map((keyword) => keyword.length)),
  };
}

function growTree(keywords: readonly string[]): Node[] {
  const nodes = [newNode()];
  keywords.forEach((keyword, index) => {
    let state = 0;
    for (let i = 0; i < keyword.length; i++) {
      const byte = fold(keyword.charCodeAt(i) & 0xff);
      let to = nodes[state]?.edges.get(byte);
      if (to === undefined) {
        to = nodes.push(newNode()) - 1;
        nodes[state]?.edges.set(byte, to);
      }
      state = to;
    }
    nodes[state]?.ends.push(index);
  });
  return nodes;
}
