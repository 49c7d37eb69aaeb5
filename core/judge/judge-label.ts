import { plainText } from '../messages/index.ts';
import type { Label } from '../model.ts';
import { allowedBy, allowLineFor } from './allow.ts';
import type { Bench } from './bench.ts';
import { fingerprintOf } from './collect.ts';
import { forPlaces, keyOf, severest, toward, whereOf, withMore } from './court.ts';
import type { Court, Place } from './court.ts';
import type { Subject } from './judge.ts';
import { carriesLabel, everyLabel, labelAt } from './label-of-subject.ts';
import type { Labelled } from './label-of-subject.ts';
import { asked, NOTHING, rule } from './ruling.ts';
import { cellOf } from './table.ts';

const POLICY_FILE = '.cordon/policy.yaml';

/**
 * A policy that has no line for home's own address could never be given one: the push that adds it
 * carries the file itself. So home may always receive it, unless a marking says otherwise.
 */
function mendsHome(court: Court, path: string | undefined, labelled: Labelled): boolean {
  return (
    court.input.destination?.home === true &&
    path === POLICY_FILE &&
    labelled.ground.by === 'unmarked'
  );
}

function sentence(court: Court, bench: Bench | undefined, { label, ground }: Labelled): string {
  const { finding } = court.messages;
  const to = toward(court, bench);
  switch (ground.by) {
    case 'marked':
      return finding.labelMarked({ label, glob: plainText(ground.glob), toward: to });
    case 'unmarked':
      return finding.labelDefault({ label, toward: to });
    case 'moved':
      return finding.labelMoved({
        label,
        from: plainText(court.names.withholdPath(ground.from)),
        toward: to,
      });
  }
}

/** Judges the label of one subject by every policy. Nothing to tell costs one look-up a name. */
export function judgeLabel(court: Court, subject: Subject): void {
  const cell = cellOf('label', court.column);
  const { benches, heights } = court;
  if (cell === 'none') heights.walk(subject);
  if (cell === 'none' || !carriesLabel(subject)) return;
  const passes = (bench: Bench) => {
    const clears = cell === 'clearance' ? bench.isCleared : bench.goesAnywhere;
    return (label: Label) => {
      heights.see(bench, label);
      return clears(label);
    };
  };
  if (benches.every((bench) => everyLabel(bench, subject, passes(bench)))) return;

  const allowedAs = (bench: Bench, { ground }: Labelled, path: string | undefined) => {
    // A push of a whole tree to a place not cleared for it asks this of every file: hash only if
    // there is a line to hold it against.
    if (bench.compiled.policy.allow.length === 0) return undefined;
    const fingerprint = fingerprintOf('label', ground.by, subject.object ?? path ?? '');
    const what = { rule: ground.by, fingerprint, path, bytes: subject.bytes };
    return allowedBy(bench, allowLineFor(bench, { kind: 'label', ...what }));
  };
  const look = (place: Place | undefined) => {
    const path = place?.path.text;
    const labels = new Map(benches.map((bench) => [bench, labelAt(bench, subject, path)]));
    for (const [one, { label }] of labels) heights.see(one, label);
    const { ruling, bench } = severest(court, (one) => {
      const labelled = labels.get(one);
      if (labelled === undefined || mendsHome(court, path, labelled)) return NOTHING;
      const ask = asked(cell, one, labelled.label);
      if (ask === 'none') return NOTHING;
      return rule(one, ask, allowedAs(one, labelled, path), subject.atDestination);
    });
    return { ruling, bench, labelled: bench === undefined ? undefined : labels.get(bench) };
  };

  forPlaces(subject, look, (place, { ruling, bench, labelled }, more) => {
    if (labelled === undefined || bench === undefined) return;
    const where = whereOf(subject, place);
    court.collector.add('label', keyOf(where.object, where.path), ruling, () => ({
      kind: 'label',
      rule: labelled.ground.by,
      label: labelled.label,
      ...where,
      message: withMore(court, sentence(court, bench, labelled), more),
      action: court.messages.finding.labelAction({
        label: labelled.label,
        cleared: bench.clearedFor(labelled.label),
        listed: bench.listed,
      }),
    }));
  });
}
