import type { CopyFact, Fact, Finding } from '../model.ts';
import { plainText } from '../messages/index.ts';
import { allowedBy, allowLineFor } from './allow.ts';
import type { Bench } from './bench.ts';
import {
  forPlaces,
  keyOf,
  labelFor,
  positionOf,
  severest,
  toward,
  whereOf,
  withMore,
} from './court.ts';
import type { Court, Place } from './court.ts';
import type { Subject } from './judge.ts';
import { asked, NOTHING, rule } from './ruling.ts';
import type { Ruling } from './ruling.ts';
import { cellOf } from './table.ts';

const isCopy = (fact: Fact): fact is CopyFact => fact.kind === 'copy';

/**
 * Judges what stands in a subject and was taken from a more classified place. What the subject's own
 * label already says is no news: a classified file matches itself and its near-duplicates.
 */
export function judgeCopies(court: Court, subject: Subject): void {
  const cell = cellOf('copy', court.column);
  if (cell === 'none') return;
  // `likely` would cry wolf where it stops someone: it is for whoever looks at content at rest.
  const facts = subject.facts
    .filter(isCopy)
    .filter(({ grade }) => grade === 'sure' || court.column === 'rest');
  if (facts.length === 0) return;
  const told = new Map(court.benches.map((bench) => [bench, telling(bench, facts)]));

  const ruleOn = (bench: Bench, fact: CopyFact, place: Place | undefined): Ruling => {
    if (told.get(bench)?.has(fact) !== true) return NOTHING;
    const height = bench.rank(fact.label);
    if (height < bench.rank(bench.compiled.policy.copies.from)) return NOTHING;
    if (height <= bench.rank(labelFor(bench, subject, place))) return NOTHING;
    if (fact.rule === 'whole' && saidAsWeights(bench, subject, fact, place)) return NOTHING;
    const ask = asked(cell, bench, fact.label);
    if (ask === 'none') return NOTHING;
    const line = allowLineFor(bench, {
      kind: 'copy',
      rule: fact.rule,
      fingerprint: fact.fingerprint,
      path: place?.path.text,
      bytes: subject.bytes,
    });
    const known = subject.atDestination || subject.knownSecrets.has(fact.fingerprint);
    return rule(bench, ask, allowedBy(bench, line), known);
  };

  for (const fact of facts) {
    const look = (place: Place | undefined) =>
      severest(court, (bench) => ruleOn(bench, fact, place));
    forPlaces(subject, look, (place, { ruling, bench }, more) => {
      if (bench === undefined) return;
      const where = whereOf(subject, place);
      // One paste that stands in every version of a file is one problem, not one a version.
      const key = keyOf(fact.fingerprint, where.path ?? where.object);
      court.collector.add('copy', key, ruling, () => ({
        kind: 'copy',
        rule: fact.rule,
        label: fact.label,
        ...where,
        ...positionOf(fact.at),
        fingerprint: fact.fingerprint,
        ...(fact.endLine === undefined ? {} : { endLine: fact.endLine }),
        source: sourceOf(fact),
        message: withMore(
          court,
          sentence(court, bench, fact, labelFor(bench, subject, place)),
          more,
        ),
        action:
          court.column === 'rest'
            ? court.messages.copies.restingAction({ label: fact.label })
            : court.messages.copies.movingAction({
                label: fact.label,
                cleared: bench.clearedFor(fact.label),
              }),
      }));
    });
  }
}

/**
 * A registered checkpoint is recognised as weights wherever it stands: one problem, told once. Not where
 * an allow line for weights lets it through, which was written for other weights than these.
 */
function saidAsWeights(
  bench: Bench,
  subject: Subject,
  { label }: CopyFact,
  place: Place | undefined,
): boolean {
  if (bench.rank(bench.compiled.policy.weights.label) < bench.rank(label)) return false;
  return subject.facts.some(
    (fact) =>
      fact.kind === 'weights' &&
      fact.evidence === 'content' &&
      fact.payloadBytes >= bench.compiled.policy.weights.minBytes &&
      allowLineFor(bench, {
        kind: 'weights',
        rule: fact.rule,
        fingerprint: '',
        path: place?.path.text,
        // Whatever a line's maxBytes: what it was written for is smaller still.
        bytes: 0,
      }) === undefined,
  );
}

/** As the contract has it: in whole bits, which is all that they mean. */
function sourceOf({ source, grade, bits, tokens }: CopyFact): NonNullable<Finding['source']> {
  return {
    path: source.path,
    line: source.line,
    ...(source.endLine === undefined ? {} : { endLine: source.endLine }),
    grade,
    ...(bits === undefined ? {} : { bits: Math.round(bits) }),
    ...(tokens === undefined ? {} : { tokens }),
  };
}

function sentence(court: Court, bench: Bench, fact: CopyFact, own: string): string {
  const { copies, finding } = court.messages;
  const { line } = fact.at;
  const { source } = fact;
  const text = {
    rule: fact.rule,
    grade: fact.grade,
    label: fact.label,
    lines:
      line === undefined || fact.endLine === undefined
        ? undefined
        : { first: line, last: fact.endLine },
    source: { ...source, path: plainText(court.names.withholdPath(source.path)) },
  };
  return court.column === 'rest'
    ? copies.resting({ ...text, own })
    : copies.moving({ ...text, cleared: finding.clearedFor(toward(court, bench)) });
}

/** Fewer lines than this beside another copy are none of their own. */
const FEWEST_LINES = 4;

/**
 * The facts that are told, under one policy: of several sources that the same lines could have come
 * from, the most classified one. It stands for the others whatever becomes of it: lower labels go
 * wherever it may go.
 */
function telling(bench: Bench, facts: readonly CopyFact[]): ReadonlySet<CopyFact> {
  const told: CopyFact[] = [];
  for (const fact of [...facts].sort((a, b) => compare(bench, a, b))) {
    if (!told.some((other) => standsFor(other, fact))) told.push(fact);
  }
  return new Set(told);
}

function compare(bench: Bench, a: CopyFact, b: CopyFact): number {
  return (
    descending(bench.rank(a.label), bench.rank(b.label)) ||
    descending(Number(a.rule === 'whole'), Number(b.rule === 'whole')) ||
    descending(Number(a.grade === 'sure'), Number(b.grade === 'sure')) ||
    descending(a.bits ?? 0, b.bits ?? 0) ||
    descending(a.tokens ?? 0, b.tokens ?? 0)
  );
}

// Two labels that a policy does not know both rank at infinity, whose difference is no number.
const descending = (a: number, b: number): number => (a === b ? 0 : b > a ? 1 : -1);

/** Whether next to nothing of `fact` lies outside of `other`. */
function standsFor(other: CopyFact, fact: CopyFact): boolean {
  const inside = other.at.layer;
  if (other.rule === 'whole') {
    return inside === '' || fact.at.layer === inside || fact.at.layer.startsWith(`${inside}!`);
  }
  if (fact.at.layer !== inside || fact.rule === 'whole') return false;
  const { line: first, offset } = other.at;
  if (first === undefined || fact.at.line === undefined) return fact.at.offset === offset;
  const before = first - fact.at.line;
  const after = (fact.endLine ?? fact.at.line) - (other.endLine ?? first);
  return Math.max(before, 0) + Math.max(after, 0) < FEWEST_LINES;
}
