import type { ExecutableFact, Fact, SecretFact, UninspectedFact } from '../model.ts';
import { plainText } from '../messages/index.ts';
import { allowedBy, allowLineFor, developerAllows } from './allow.ts';
import { fingerprintOf } from './collect.ts';
import { forPlaces, keyOf, labelFor, positionOf, severest, whereOf, withMore } from './court.ts';
import type { Court, Place } from './court.ts';
import type { Subject } from './judge.ts';
import { asked, NOTHING, rule } from './ruling.ts';
import { cellOf } from './table.ts';
import type { Row } from './table.ts';

function judgeSecret(court: Court, subject: Subject, fact: SecretFact): void {
  const cell = cellOf('secret', court.column);
  const known = subject.atDestination || subject.knownSecrets.has(fact.fingerprint);
  const look = (place: Place | undefined) => {
    const what = {
      kind: 'secret' as const,
      rule: fact.rule,
      fingerprint: fact.fingerprint,
      path: place?.path.text,
      bytes: subject.bytes,
    };
    const developer = developerAllows(court.tips, court.column, what, fact.marker);
    return severest(court, (bench) => {
      const most = asked(cell, bench, bench.lowest);
      const ask = most === 'block' ? fact.severity : most;
      const allowed = developer ?? allowedBy(bench, allowLineFor(bench, what));
      return rule(bench, ask, allowed, known);
    });
  };
  forPlaces(subject, look, (place, { ruling, bench }, more) => {
    if (bench === undefined) return;
    const where = whereOf(subject, place);
    // One value that stands in every version of a file is one problem, not one a version.
    const thing = where.path ?? where.object;
    const { finding, ruleName } = court.messages;
    court.collector.add('secret', keyOf(fact.fingerprint, thing), ruling, () => ({
      kind: 'secret',
      rule: fact.rule,
      label: labelFor(bench, subject, place),
      ...where,
      ...(subject.type === 'name' ? {} : positionOf(fact.at)),
      fingerprint: fact.fingerprint,
      message: withMore(
        court,
        finding.secret({
          name: ruleName(fact.rule),
          redacted: plainText(fact.redacted),
          act: court.input.act,
          inName: subject.type === 'name',
        }),
        more,
      ),
      action: finding.secretAction({
        act: court.input.act,
        rule: fact.rule,
        developerMay: court.column !== 'elsewhere' && subject.type !== 'name',
      }),
    }));
  });
}

/** Facts of one rule in one subject: the first is shown, the others are counted. */
function judgeGroup<Seen extends ExecutableFact | UninspectedFact>(
  court: Court,
  subject: Subject,
  row: Row,
  facts: readonly Seen[],
  text: (first: Seen, more: number) => { readonly message: string; readonly action: string },
): void {
  const [first] = facts;
  if (first === undefined) return;
  const { kind } = first;
  const cell = cellOf(row, court.column);
  const thing = subject.object ?? subject.places[0]?.path.text ?? '';
  const fingerprint = fingerprintOf(kind, first.rule, thing);
  const look = (place: Place | undefined) =>
    severest(court, (bench) => {
      const ask = asked(cell, bench, bench.lowest);
      if (ask === 'none') return NOTHING;
      const path = place?.path.text;
      const line = allowLineFor(bench, {
        kind,
        rule: first.rule,
        fingerprint,
        path,
        bytes: subject.bytes,
      });
      return rule(bench, ask, allowedBy(bench, line), subject.atDestination);
    });
  forPlaces(subject, look, (place, { ruling, bench }, more) => {
    if (bench === undefined) return;
    const where = whereOf(subject, place);
    const key = keyOf(row, first.rule, where.object, where.path);
    court.collector.add(kind, key, ruling, () => {
      const { message, action } = text(first, facts.length - 1);
      return {
        kind,
        rule: first.rule,
        label: labelFor(bench, subject, place),
        ...where,
        ...positionOf(first.at),
        fingerprint,
        message: withMore(court, message, more),
        action,
      };
    });
  });
}

function groupBy<Item>(items: readonly Item[], keyOfItem: (item: Item) => string): Item[][] {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOfItem(item));
    if (group === undefined) groups.set(keyOfItem(item), [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** Judges all facts of one subject but its weights, which add up over the whole act. */
export function judgeFacts(court: Court, subject: Subject): void {
  const of = <Kind extends Fact['kind']>(kind: Kind) =>
    subject.facts.filter((fact): fact is Extract<Fact, { kind: Kind }> => fact.kind === kind);
  const { finding } = court.messages;

  for (const fact of of('secret')) judgeSecret(court, subject, fact);

  for (const facts of groupBy(of('executable-model'), (fact) => `${fact.grade} ${fact.rule}`)) {
    const danger = facts[0]?.grade === 'danger';
    const row = danger ? 'model that runs code' : 'model of unknown code';
    judgeGroup(court, subject, row, facts, (first, more) => ({
      message: finding.executable({ detail: plainText(first.detail), danger, more }),
      action: finding.executableAction,
    }));
  }

  for (const facts of groupBy(of('uninspected'), (fact) => fact.rule)) {
    judgeGroup(court, subject, 'not inspected', facts, (first, more) => ({
      message: finding.uninspected({
        rule: first.rule,
        detail: first.detail === undefined ? undefined : plainText(first.detail),
        more,
      }),
      action: finding.uninspectedAction({ rule: first.rule }),
    }));
  }
}
