import type { Label } from '../model.ts';
import type { Messages } from '../messages/index.ts';
import type { Bench } from './bench.ts';
import type { Heights } from './heights.ts';
import type { Collector } from './collect.ts';
import type { JudgeInput, Subject } from './judge.ts';
import type { Column } from './table.ts';
import type { NameKeeper } from './withhold-names.ts';
import { heightOf, NOTHING } from './ruling.ts';
import type { Ruling } from './ruling.ts';
import { carriesLabel, labelAt } from './label-of-subject.ts';

/** All that one act is judged with. */
export interface Court {
  readonly input: JudgeInput;
  readonly messages: Messages;
  readonly column: Column;
  readonly benches: readonly Bench[];
  /** Those of them that the push itself brings. */
  readonly tips: readonly Bench[];
  readonly collector: Collector;
  readonly heights: Heights;
  /** Complete only once all subjects are noted: ask it within a finding's draft, not before. */
  readonly names: NameKeeper;
}

/** The severest of the policies' rulings, and the policy that gave it. */
export function severest(
  court: Court,
  ruleBy: (bench: Bench) => Ruling,
): { readonly ruling: Ruling; readonly bench: Bench | undefined } {
  let ruling = NOTHING;
  let bench: Bench | undefined;
  for (const one of court.benches) {
    const given = ruleBy(one);
    if (heightOf(given) <= heightOf(ruling)) continue;
    ruling = given;
    bench = one;
  }
  return { ruling, bench };
}

export type Place = Subject['places'][number];

/** Places listed for one thing. The rest are counted in the last one's message. */
const MOST_PLACES = 5;

/** The places of a subject in a stable order, each path once; one `undefined` where it has none. */
export function placesOf(subject: Subject): readonly (Place | undefined)[] {
  if (subject.places.length === 0) return [undefined];
  if (subject.places.length === 1) return subject.places;
  const byPath = new Map<string, Place>();
  for (const place of subject.places) {
    const key = place.path.bytes ?? place.path.text;
    if (!byPath.has(key)) byPath.set(key, place);
  }
  return [...byPath.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, place]) => place);
}

/** Calls `each` for the places to list, and says at the last one how many more there are. */
export function forPlaces<Seen extends { readonly ruling: Ruling }>(
  subject: Subject,
  look: (place: Place | undefined) => Seen,
  each: (place: Place | undefined, seen: Seen, more: number) => void,
): void {
  const seen = placesOf(subject).map((place) => ({ place, at: look(place) }));
  const told = seen.filter(({ at }) => at.ruling.outcome !== 'none');
  // The severest come first, so that a block is never among those that are only counted.
  told.sort((a, b) => heightOf(b.at.ruling) - heightOf(a.at.ruling));
  const listed = told.slice(0, MOST_PLACES);
  listed.forEach(({ place, at }, index) => {
    each(place, at, index === listed.length - 1 ? told.length - listed.length : 0);
  });
}

/** Where a finding stands, as the contract's fields. */
export function whereOf(subject: Subject, place: Place | undefined) {
  const commit = place?.commit ?? (subject.type === 'commit' ? subject.object : undefined);
  return {
    ...(place === undefined ? {} : { path: place.path.text }),
    ...(place?.path.bytes === undefined ? {} : { pathBytes: place.path.bytes }),
    ...(subject.object === undefined ? {} : { object: subject.object }),
    ...(commit === undefined ? {} : { commit }),
    ...(place?.ref === undefined ? {} : { ref: place.ref }),
  };
}

/** The position within the content, as the contract's fields. */
export function positionOf(at: {
  readonly layer: string;
  readonly line?: number;
  readonly column?: number;
  readonly offset?: number;
}) {
  return {
    ...(at.line === undefined ? {} : { line: at.line }),
    ...(at.column === undefined ? {} : { column: at.column }),
    ...(at.offset === undefined ? {} : { offset: at.offset }),
    ...(at.layer === '' ? {} : { layer: at.layer }),
  };
}

export function labelFor(bench: Bench, subject: Subject, place: Place | undefined): Label {
  if (!carriesLabel(subject)) return bench.lowest;
  return labelAt(bench, subject, place?.path.text).label;
}

/** What a sentence says of the destination under one policy. */
export function toward(court: Court, bench: Bench | undefined) {
  const { destination } = court.input;
  const moves = court.column === 'home' || court.column === 'elsewhere';
  return {
    act: court.input.act,
    name: destination?.normal,
    clearance: moves ? bench?.clearance : undefined,
  };
}

/** Appends what the message alone can say: how many more places there are. */
export function withMore(court: Court, message: string, more: number): string {
  return more > 0 ? `${message} ${court.messages.finding.alsoAt(more)}` : message;
}

/** Joins the parts of a finding's key; no part can hold a NUL. */
export const keyOf = (...parts: readonly (string | undefined)[]): string =>
  parts.map((part) => part ?? '').join('\0');
