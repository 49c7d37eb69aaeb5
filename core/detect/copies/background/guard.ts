import { createHash } from 'node:crypto';
import { GRAM, gramsOf } from '../lexer/grams.ts';
import { lex } from '../lexer/lex.ts';
import type { Background, Grams, TokenStream, View } from '../types.ts';
import { joinBackgrounds } from './bloom.ts';

/**
 * What is installed on a machine was put there by its user. Subtracting it blindly, a person who copies
 * classified code into node_modules or installs it as a wheel makes Cordon blind to that code. Idioms that
 * public code shares are short and far between; a stretch of a classified file of which most stands in
 * installed code is something else: the file's own code, installed or planted, or code that was taken from
 * a public package. Cordon cannot tell these apart, so it keeps such grams and tells the overlap.
 */
interface Rule {
  /** Positions looked at together. */
  readonly window: number;
  /** Share of the different grams among them from which the stretch is kept. */
  readonly share: number;
}

const rules: Readonly<Record<View, Rule>> = {
  text: { window: 128, share: 0.5 },
  rename: { window: 256, share: 0.75 },
};

/** Fewer grams than this are an idiom, however short the file. */
const leastGrams = 48;

export interface Overlap {
  readonly path: string;
  readonly view: View;
  readonly lines: { readonly first: number; readonly last: number };
  readonly grams: number;
  /** Stable while the stretch stays: what an owner's acceptance names. */
  readonly fingerprint: string;
}

export interface GuardOptions {
  readonly shipped: Background;
  readonly machine: Background;
  /** Overlaps that the owner said are public: they are subtracted. */
  readonly accepted?: (overlap: Overlap) => boolean;
}

export interface GuardedBackground extends Background {
  /** Looks at a classified file before it is added to an index; tells what of it installed code also has. */
  protect(path: string, bytes: Buffer): Overlap[];
}

/**
 * The background to build an index with: shipped and installed code, less what would take whole stretches
 * out of a classified file. `protect` every file first, then add them; a file that is added later, too.
 */
export function guardBackground(options: GuardOptions): GuardedBackground {
  const { shipped, machine, accepted = () => false } = options;
  const kept = { text: createGramSet(), rename: createGramSet() };
  const installed: Background = {
    has: (view, high, low) => machine.has(view, high, low) && !kept[view].has(high, low),
  };
  return {
    ...joinBackgrounds(shipped, installed),
    protect(path, bytes) {
      const { code, prose } = lex(bytes);
      const overlaps: Overlap[] = [];
      for (const stream of [code, prose]) {
        for (const view of ['text', 'rename'] as const) {
          const grams = gramsOf(stream, view);
          const taken = takenBy(grams, view, shipped, machine);
          for (const { first, last } of stretches(taken, rules[view])) {
            const overlap = tell(path, view, stream, grams, taken, first, last);
            if (overlap.grams < leastGrams || accepted(overlap)) continue;
            overlaps.push(overlap);
            for (let i = first; i <= last; i++) {
              if (taken[i] !== 0) kept[view].add(grams.high[i] ?? 0, grams.low[i] ?? 0);
            }
          }
        }
      }
      return overlaps;
    },
  };
}

const REPEATED = 2;

/** By position: 1 where installed code alone would take a gram for the first time, 2 where again. */
function takenBy(grams: Grams, view: View, shipped: Background, machine: Background): Uint8Array {
  const { count, high, low } = grams;
  const taken = new Uint8Array(count);
  const seen = createGramSet();
  for (let i = 0; i < count; i++) {
    const h = high[i] ?? 0;
    const l = low[i] ?? 0;
    if (!machine.has(view, h, l) || shipped.has(view, h, l)) continue;
    // A table of zeros is one gram, however long.
    taken[i] = seen.add(h, l) ? 1 : REPEATED;
  }
  return taken;
}

/** Stretches covered by windows of which more than the rule's share is taken. */
function stretches(taken: Uint8Array, { window, share }: Rule): { first: number; last: number }[] {
  const size = Math.min(window, taken.length);
  const least = Math.max(leastGrams, size * share);
  const found: { first: number; last: number }[] = [];
  let sum = 0;
  for (let i = 0; i < taken.length; i++) {
    if (taken[i] === 1) sum += 1;
    const start = i - size + 1;
    if (start > 0 && taken[start - 1] === 1) sum -= 1;
    if (start < 0 || sum < least) continue;
    const latest = found.at(-1);
    if (latest !== undefined && latest.last >= start - 1) latest.last = i;
    else found.push({ first: start, last: i });
  }
  return found;
}

function tell(
  path: string,
  view: View,
  stream: TokenStream,
  { tokens, high, low }: Grams,
  taken: Uint8Array,
  first: number,
  last: number,
): Overlap {
  const hash = createHash('sha256').update(`${path}\0${view}\0`);
  let from = last;
  let to = first;
  let count = 0;
  for (let i = first; i <= last; i++) {
    if (taken[i] === 0) continue;
    if (taken[i] === 1) count += 1;
    from = Math.min(from, i);
    to = i;
    hash.update(Uint32Array.of(high[i] ?? 0, low[i] ?? 0));
  }
  const lineAt = (token: number) => stream.lines[tokens[token] ?? 0] ?? 0;
  return {
    path,
    view,
    lines: { first: lineAt(from), last: lineAt(to + GRAM[view] - 1) },
    grams: count,
    fingerprint: `c1:${hash.digest('hex').slice(0, 32)}`,
  };
}

/** Grams by their 64 bits, exactly: a filter would take away from the background by chance. */
function createGramSet() {
  const lowsOf = new Map<number, Set<number>>();
  return {
    has: (high: number, low: number): boolean => lowsOf.get(high)?.has(low) === true,
    /** True if it was not there. */
    add(high: number, low: number): boolean {
      const lows = lowsOf.get(high);
      if (lows === undefined) lowsOf.set(high, new Set([low]));
      else if (lows.has(low)) return false;
      else lows.add(low);
      return true;
    },
  };
}
