import type { Coverage, NotChecked, UninspectedFact, UninspectedRule } from '../model.ts';
import { plainText } from '../messages/index.ts';
import { keyOf, severest } from './court.ts';
import type { Court } from './court.ts';
import type { Subject } from './judge.ts';
import { asked, rule } from './ruling.ts';
import { cellOf } from './table.ts';

export interface CoverageJudge {
  note(subject: Subject): void;
  /** The coverage with all that was not checked, from the facts as from the run. */
  conclude(): Coverage;
}

/** Entries listed; what is beyond them is still found and blocked, only not repeated here. */
const MOST_LISTED = 1000;

function whatOf(subject: Subject, fact: UninspectedFact): string {
  const name =
    subject.places[0]?.path.text ?? (subject.object === undefined ? subject.type : subject.object);
  return fact.at.layer === '' ? name : `${name}!${fact.at.layer}`;
}

/**
 * Holds the two lists of what could not be looked at against each other. Something that the run
 * reports and no fact speaks of becomes a finding here: a gap is never let through in silence.
 */
export function judgeCoverage(court: Court): CoverageJudge {
  const given = court.input.coverage.notChecked;
  const spokenOf = new Set<string>();
  const fromFacts: NotChecked[] = [];

  function tell(entry: NotChecked, uninspected: UninspectedRule): void {
    const cell = cellOf('not inspected', court.column);
    const { ruling, bench } = severest(court, (one) =>
      rule(one, asked(cell, one, one.lowest), undefined, false),
    );
    const { finding } = court.messages;
    const key = keyOf('coverage', uninspected, entry.object, entry.what);
    court.collector.add('uninspected', key, ruling, () => ({
      kind: 'uninspected',
      rule: uninspected,
      label: bench?.lowest ?? '',
      ...(entry.object === undefined ? {} : { object: entry.object }),
      message: finding.uninspected({
        rule: uninspected,
        detail: plainText(court.names.withholdPath(entry.what)),
        more: 0,
      }),
      action: finding.uninspectedAction({ rule: uninspected }),
    }));
  }

  return {
    note(subject) {
      for (const fact of subject.facts) {
        if (fact.kind !== 'uninspected') continue;
        if (subject.object !== undefined) spokenOf.add(keyOf(fact.rule, subject.object));
        for (const place of subject.places) spokenOf.add(keyOf(fact.rule, place.path.text));
        const what = whatOf(subject, fact);
        spokenOf.add(keyOf(fact.rule, what));
        if (fromFacts.length >= MOST_LISTED) continue;
        fromFacts.push({
          what,
          rule: fact.rule,
          ...(subject.object === undefined ? {} : { object: subject.object }),
        });
      }
    },
    conclude() {
      const seen = new Set<string>();
      for (const entry of given) {
        if (entry.rule === 'payload') continue;
        seen.add(keyOf(entry.rule, entry.object ?? entry.what));
        const isSpokenOf =
          spokenOf.has(keyOf(entry.rule, entry.what)) ||
          (entry.object !== undefined && spokenOf.has(keyOf(entry.rule, entry.object)));
        if (!isSpokenOf) tell(entry, entry.rule);
      }
      const added = fromFacts.filter(({ rule: of, object, what }) => {
        const isNew = !seen.has(keyOf(of, object)) && !seen.has(keyOf(of, what));
        seen.add(keyOf(of, object ?? what));
        return isNew;
      });
      return { ...court.input.coverage, notChecked: [...given, ...added] };
    },
  };
}
