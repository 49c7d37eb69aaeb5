import { compileGlob, expandBraces, type PathTest } from './match-path.ts';

/** A marking's glob with its place in the policy and its label's rank. */
export interface RankedGlob {
  readonly glob: string;
  readonly marking: number;
  readonly rank: number;
}

/** Finds the highest-ranked glob that matches a path; of equals, the first in the policy. */
export type LabelMatcher = (path: string) => RankedGlob | undefined;

interface Slow {
  readonly ranked: RankedGlob;
  readonly test: PathTest;
}

/**
 * Most markings are `folder/**`, `**` + `/*.ext` or a name: those are looked up, not tried one by one.
 * The rest, and every path that is not plain ASCII, are asked of minimatch, whose answer is the same
 * (a property test holds them together).
 */
export function createLabelMatcher(globs: readonly RankedGlob[]): LabelMatcher {
  const folders = new Map<string, RankedGlob>();
  const endings = new Map<string, RankedGlob>();
  const names = new Map<string, RankedGlob>();
  const paths = new Map<string, RankedGlob>();
  const slow: Slow[] = [];
  const every: Slow[] = [];

  for (const ranked of globs) {
    every.push({ ranked, test: compileGlob(ranked.glob) });
    for (const glob of expandBraces(ranked.glob)) {
      const plain = readPlain(glob);
      switch (plain?.kind) {
        case 'folder':
          keepHigher(folders, plain.text, ranked);
          break;
        case 'ending':
          keepHigher(endings, plain.text, ranked);
          break;
        case 'name':
          keepHigher(names, plain.text, ranked);
          break;
        case 'path':
          keepHigher(paths, plain.text, ranked);
          break;
        case undefined:
          slow.push({ ranked, test: compileGlob(glob) });
      }
    }
  }
  slow.sort((a, b) => order(a.ranked, b.ranked));
  every.sort((a, b) => order(a.ranked, b.ranked));

  return (path) => {
    if (!isPlainPath(path)) return every.find(({ test }) => test(path))?.ranked;
    const lower = path.toLowerCase();
    let best = paths.get(lower);
    const better = (found: RankedGlob | undefined) => {
      if (found !== undefined && (best === undefined || order(found, best) < 0)) best = found;
    };
    let slash = -1;
    if (folders.size > 0) {
      for (let at = lower.indexOf('/'); at !== -1; at = lower.indexOf('/', at + 1)) {
        better(folders.get(lower.slice(0, at)));
      }
    }
    slash = lower.lastIndexOf('/');
    if (names.size > 0) better(names.get(lower.slice(slash + 1)));
    if (endings.size > 0) {
      for (let at = lower.indexOf('.', slash + 1); at !== -1; at = lower.indexOf('.', at + 1)) {
        better(endings.get(lower.slice(at)));
      }
    }
    for (const { ranked, test } of slow) {
      if (best !== undefined && order(ranked, best) >= 0) break;
      if (test(path)) {
        best = ranked;
        break;
      }
    }
    return best;
  };
}

/** Higher label first, then the earlier marking. */
const order = (a: RankedGlob, b: RankedGlob) => b.rank - a.rank || a.marking - b.marking;

function keepHigher(map: Map<string, RankedGlob>, key: string, ranked: RankedGlob): void {
  const known = map.get(key);
  if (known === undefined || order(ranked, known) < 0) map.set(key, ranked);
}

type Plain = { readonly kind: 'folder' | 'ending' | 'name' | 'path'; readonly text: string };

// Plain letters only: where case folding, escapes or classes could differ, minimatch is asked.
const literal = /^[A-Za-z0-9_. -]+(?:\/[A-Za-z0-9_. -]+)*$/;

function readPlain(glob: string): Plain | undefined {
  const lower = glob.toLowerCase();
  const isFixed = (text: string) => literal.test(text) && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(text);
  if (lower.endsWith('/**') && isFixed(lower.slice(0, -3))) {
    return { kind: 'folder', text: lower.slice(0, -3) };
  }
  const name = lower.startsWith('**/') ? lower.slice(3) : undefined;
  if (name !== undefined && !name.includes('/')) {
    if (/^\*\.[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(name)) {
      return { kind: 'ending', text: name.slice(1) };
    }
    if (isFixed(name)) return { kind: 'name', text: name };
  }
  return isFixed(lower) ? { kind: 'path', text: lower } : undefined;
}

/** A path on which the look-ups and minimatch cannot differ. */
function isPlainPath(path: string): boolean {
  for (let at = 0; at < path.length; at += 1) {
    const code = path.charCodeAt(at);
    if (code < 0x20 || code > 0x7e || code === 0x5c) return false;
  }
  return !/(?:^|\/)(?:\.{0,2})(?:\/|$)/.test(path);
}
