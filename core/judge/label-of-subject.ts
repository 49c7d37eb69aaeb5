import type { Label } from '../model.ts';
import type { Bench } from './bench.ts';
import type { Subject } from './judge.ts';

/** Why a subject has its label. */
export type Ground =
  | { readonly by: 'marked'; readonly glob: string }
  | { readonly by: 'unmarked' }
  | { readonly by: 'moved'; readonly from: string };

export interface Labelled {
  readonly label: Label;
  readonly ground: Ground;
}

// The object ids of no bytes at all. Every empty `__init__.py` is the same object, so one in a
// marked folder would else mark all of them.
const EMPTY: ReadonlySet<string> = new Set([
  'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391',
  '473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813',
]);

/** Commits, tags, trees and names have no path a marking could match: only their facts are judged. */
export function carriesLabel(subject: Subject): boolean {
  return subject.type === 'blob' || subject.type === 'file' || subject.type === 'stdin';
}

const unmarked: Ground = { by: 'unmarked' };

/**
 * The label of content at one of its places: the highest that the path's marking (or, where none
 * matches, the default), the markings of its other places in this act, and the markings of the
 * names it has elsewhere give it. So marked content that is moved or copied, unchanged, to an
 * unmarked name keeps its label, and a marking that lowers the default does so for its path only.
 */
export function labelAt(bench: Bench, subject: Subject, path: string | undefined): Labelled {
  const { compiled } = bench;
  const own = path === undefined ? undefined : compiled.labelOf(path);
  let label = own?.label ?? compiled.policy.defaultLabel;
  let ground: Ground =
    own === undefined || own.marking < 0 ? unmarked : { by: 'marked', glob: own.glob ?? '' };
  if (subject.object !== undefined && EMPTY.has(subject.object)) return { label, ground };
  const consider = (other: string) => {
    if (other === path) return;
    const given = compiled.labelOf(other);
    if (given.marking < 0 || bench.rank(given.label) <= bench.rank(label)) return;
    label = given.label;
    ground = { by: 'moved', from: other };
  };
  for (const place of subject.places) consider(place.path.text);
  for (const name of subject.elsewhere) consider(name.text);
  return { label, ground };
}

/**
 * True where every label that any name of the subject gives it passes. The one question that is
 * asked of each of up to half a million subjects, so it allocates nothing.
 */
export function everyLabel(
  bench: Bench,
  subject: Subject,
  passes: (label: Label) => boolean,
): boolean {
  const { compiled } = bench;
  if (subject.places.length === 0 && !passes(compiled.policy.defaultLabel)) return false;
  for (const place of subject.places) {
    if (!passes(compiled.labelOf(place.path.text).label)) return false;
  }
  for (const name of subject.elsewhere) {
    const given = compiled.labelOf(name.text);
    if (given.marking >= 0 && !passes(given.label)) return false;
  }
  return true;
}
