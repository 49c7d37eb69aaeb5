import { plainText } from '../messages/index.ts';
import type { FindingKind } from '../model.ts';
import { severest } from './court.ts';
import type { Court } from './court.ts';
import { asked, rule } from './ruling.ts';
import { cellOf } from './table.ts';
import type { Row } from './table.ts';

const POLICY_FILE = '.cordon/policy.yaml';

interface Told {
  readonly kind: FindingKind;
  readonly rule: string;
  readonly message: string;
  readonly action: string;
  readonly path?: string;
  readonly line?: number;
}

function tell(court: Court, row: Row, key: string, told: Told): void {
  const cell = cellOf(row, court.column);
  const { ruling, bench } = severest(court, (one) => {
    if (row === 'not listed' && !(one.compiled.policy.isolated && !one.listed)) {
      return rule(one, 'none', undefined, false);
    }
    return rule(one, asked(cell, one, one.lowest), undefined, false);
  });
  court.collector.add(told.kind, `${row}\0${key}`, ruling, () => ({
    ...told,
    label: bench?.lowest ?? '',
  }));
}

/** Judges the way there and the rules themselves: destination, route, loosened and broken policy. */
export function judgeWay(court: Court): void {
  const { input, messages } = court;
  const { finding } = messages;

  if (court.benches.length === 0) {
    court.collector.add('policy', 'none', { outcome: 'block' }, () => ({
      kind: 'policy',
      rule: 'missing',
      label: '',
      message: finding.noPolicy,
      action: finding.noPolicyAction,
    }));
  }
  tell(court, 'not listed', '', {
    kind: 'destination',
    rule: 'not-listed',
    message: finding.notListed({ name: input.destination?.normal }),
    action: finding.notListedAction,
  });
  for (const note of input.destinationNotes ?? []) {
    tell(court, 'route', `${note.rule}\0${note.detail}`, {
      kind: 'destination',
      rule: note.rule,
      message: finding.route[note.rule](plainText(note.detail)),
      action: finding.routeAction,
    });
  }
  for (const one of input.loosened ?? []) {
    tell(court, 'loosened policy', `${one.rule}\0${one.detail}`, {
      kind: 'policy',
      rule: one.rule,
      path: POLICY_FILE,
      ...(one.line === undefined ? {} : { line: one.line }),
      message: finding.loosened({ detail: plainText(one.detail) }),
      action: finding.loosenedAction({ home: court.column === 'home' }),
    });
  }
  if (input.brokenTipPolicy !== undefined) {
    tell(court, 'broken policy', '', {
      kind: 'policy',
      rule: 'broken',
      path: POLICY_FILE,
      message: plainText(input.brokenTipPolicy),
      action: finding.brokenPolicyAction,
    });
  }
}
