import type { Label } from '../model.ts';
import type { AllowLine, Loosening, Policy } from './policy.ts';

/**
 * Every way in which `after` lets more through than `before`, in words for a reviewer. Empty where it is
 * as strict or stricter. Labels are compared by what stands below them, so that a label put between
 * two others loosens nothing by itself.
 */
export function compareLooser(before: Policy, after: Policy): Loosening[] {
  return [
    ...mode(before, after),
    ...labels(before, after),
    ...defaults(before, after),
    ...markings(before, after),
    ...weights(before, after),
    ...destinations(before, after),
    ...allow(before, after),
    ...editor(before, after),
    ...signing(before, after),
    ...record(before, after),
  ];
}

const loosened = (rule: string, detail: string): Loosening => ({ rule, detail });

/** True where `to` is lower than `from` in either order, or not named any more. */
function isLower(policies: readonly [Policy, Policy], from: Label, to: Label): boolean {
  return policies.some(({ labels: names }) => {
    const [a, b] = [names.indexOf(from), names.indexOf(to)];
    return a !== -1 && b !== -1 && b < a;
  });
}

function mode(before: Policy, after: Policy): Loosening[] {
  return before.mode === 'enforce' && after.mode === 'observe'
    ? [loosened('mode', 'nothing is blocked any more (observe)')]
    : [];
}

function labels(before: Policy, after: Policy): Loosening[] {
  const found: Loosening[] = [];
  const kept = before.labels.filter((label) => after.labels.includes(label));
  for (const label of before.labels) {
    if (!after.labels.includes(label)) found.push(loosened('labels', `${label} is gone`));
  }
  const order = after.labels.filter((label) => kept.includes(label));
  if (order.join('\0') !== kept.join('\0')) {
    found.push(loosened('labels', `the order is now ${after.labels.join(' < ')}`));
  }
  return found;
}

function defaults(before: Policy, after: Policy): Loosening[] {
  return isLower([before, after], before.defaultLabel, after.defaultLabel)
    ? [loosened('defaultLabel', `${before.defaultLabel} became ${after.defaultLabel}`)]
    : [];
}

function markings(before: Policy, after: Policy): Loosening[] {
  const now = new Map<string, Label[]>();
  for (const { paths, label } of after.markings) {
    for (const glob of paths) now.set(glob, [...(now.get(glob) ?? []), label]);
  }
  const was = new Set(before.markings.flatMap(({ paths }) => paths));
  const found: Loosening[] = [];
  for (const { paths, label } of before.markings) {
    for (const glob of paths) {
      const marked = now.get(glob);
      // A marking below the default lowered it: without it the paths rise again.
      if (marked === undefined && isLower([before, after], label, after.defaultLabel)) {
        found.push(loosened('markings', `${glob} is not marked ${label} any more`));
      } else if (marked?.every((one) => isLower([before, after], label, one)) === true) {
        found.push(loosened('markings', `${glob} was ${label} and is ${marked.join(', ')}`));
      }
    }
  }
  for (const { paths, label } of after.markings) {
    if (!isLower([before, after], before.defaultLabel, label)) continue;
    const fresh = paths.filter((glob) => !was.has(glob));
    if (fresh.length > 0) found.push(loosened('markings', `${fresh.join(', ')} became ${label}`));
  }
  return found;
}

function weights(before: Policy, after: Policy): Loosening[] {
  const found: Loosening[] = [];
  const [was, now] = [before.weights, after.weights];
  if (isLower([before, after], was.label, now.label)) {
    found.push(loosened('weights.label', `${was.label} became ${now.label}`));
  }
  if (now.minBytes > was.minBytes) {
    found.push(loosened('weights.minBytes', `${was.minBytes} became ${now.minBytes}`));
  }
  if (isLower([before, after], after.copies.from, before.copies.from)) {
    found.push(loosened('copies.from', `${before.copies.from} became ${after.copies.from}`));
  }
  if (was !== now && before.secrets.salt !== after.secrets.salt && before.secrets.salt !== '') {
    found.push(loosened('secrets.salt', 'the salt changed: earlier fingerprints name nothing'));
  }
  return found;
}

function destinations(before: Policy, after: Policy): Loosening[] {
  const was = new Map(before.destinations.map(({ url, clearance }) => [url, clearance]));
  const lowest = before.labels[0] ?? before.defaultLabel;
  const found: Loosening[] = [];
  for (const { url, clearance } of after.destinations) {
    const earlier = was.get(url);
    if (earlier === undefined) {
      if (clearance !== lowest || before.isolated) {
        found.push(loosened('destinations', `${url} is now cleared for ${clearance}`));
      }
    } else if (isLower([before, after], clearance, earlier)) {
      found.push(
        loosened('destinations', `${url} was cleared for ${earlier}, now for ${clearance}`),
      );
    }
  }
  if (before.isolated && !after.isolated) {
    found.push(loosened('isolated', 'destinations that are not listed are no longer refused'));
  }
  return found;
}

function allow(before: Policy, after: Policy): Loosening[] {
  const covers = (line: AllowLine, wanted: AllowLine) =>
    line.kind === wanted.kind &&
    (line.rule === undefined || line.rule === wanted.rule) &&
    (line.fingerprint === undefined || line.fingerprint === wanted.fingerprint) &&
    (line.paths === undefined ||
      wanted.paths?.every((glob) => line.paths?.includes(glob) === true) === true) &&
    (line.maxBytes ?? Infinity) >= (wanted.maxBytes ?? Infinity);
  return after.allow
    .filter((line) => !before.allow.some((earlier) => covers(earlier, line)))
    .map((line) =>
      loosened('allow', `${line.kind} ${subjectOf(line)} is let through: ${line.reason}`),
    );
}

function subjectOf({ rule, paths, fingerprint, maxBytes }: AllowLine): string {
  return [
    rule,
    fingerprint,
    paths && `at ${paths.join(', ')}`,
    maxBytes === undefined ? undefined : `up to ${maxBytes} bytes`,
  ]
    .filter((part) => part !== undefined)
    .join(' ');
}

const strictness = ['allow', 'warn', 'block'] as const;

function editor(before: Policy, after: Policy): Loosening[] {
  return Object.entries(before.copying)
    .filter(
      ([label, rule]) =>
        strictness.indexOf(after.copying[label] ?? 'allow') < strictness.indexOf(rule),
    )
    .map(([label, rule]) =>
      loosened('copying', `${label} was ${rule} and is ${after.copying[label] ?? 'allow'}`),
    );
}

function signing(before: Policy, after: Policy): Loosening[] {
  const found: Loosening[] = [];
  for (const { label, require } of before.signing) {
    const now = new Set(
      after.signing
        .filter((rule) => rule.label === label || isLower([before, after], label, rule.label))
        .flatMap((rule) => rule.require),
    );
    const gone = require.filter((one) => !now.has(one));
    if (gone.length > 0) {
      found.push(loosened('signing', `${label} needs no ${gone.join(', ')} any more`));
    }
  }
  if (before.signers !== after.signers) {
    found.push(loosened('signers', `${before.signers} became ${after.signers}`));
  }
  return found;
}

function record(before: Policy, after: Policy): Loosening[] {
  const found: Loosening[] = [];
  if (isLower([before, after], after.record.reads, before.record.reads)) {
    found.push(loosened('record.reads', `${before.record.reads} became ${after.record.reads}`));
  }
  if (isLower([before, after], after.record.require, before.record.require)) {
    found.push(
      loosened('record.require', `${before.record.require} became ${after.record.require}`),
    );
  }
  if (before.record.ship !== undefined && before.record.ship !== after.record.ship) {
    found.push(
      loosened('record.ship', `${before.record.ship} became ${after.record.ship ?? 'nothing'}`),
    );
  }
  return found;
}
