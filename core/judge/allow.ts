import type { AllowKind, AllowLine } from '../policy/policy.ts';
import type { Bench } from './bench.ts';
import type { Allowed } from './ruling.ts';
import type { Column } from './table.ts';

/** What an allow line is held against: one thing at one place. */
export interface Allowable {
  readonly kind: AllowKind;
  readonly rule: string;
  readonly fingerprint: string;
  /** Undefined for what has no path: a commit, a tag. No line by path reaches it. */
  readonly path: string | undefined;
  /** Bytes that `maxBytes` is held against; undefined where they are not known. */
  readonly bytes: number | undefined;
}

/** Every condition that the line names must hold; a size that is not known meets no `maxBytes`. */
function meets(bench: Bench, line: AllowLine, what: Allowable): boolean {
  if (line.kind !== what.kind || line.reason.trim() === '') return false;
  if (line.rule === undefined && line.fingerprint === undefined && line.paths === undefined) {
    return false;
  }
  if (line.rule !== undefined && line.rule !== what.rule) return false;
  if (line.fingerprint !== undefined && line.fingerprint !== what.fingerprint) return false;
  if (line.maxBytes !== undefined && !((what.bytes ?? Infinity) <= line.maxBytes)) return false;
  if (line.paths === undefined) return true;
  return what.path !== undefined && bench.compiled.matches(what.path, line.paths);
}

/** The first of a policy's own lines that lets the thing through, where they count at all. */
export function allowLineFor(
  bench: Bench,
  what: Allowable,
  spent?: ReadonlySet<AllowLine>,
): AllowLine | undefined {
  if (!bench.mayAllow) return undefined;
  return bench.compiled.policy.allow.find(
    (line) => spent?.has(line) !== true && meets(bench, line, what),
  );
}

export const allowedBy = (bench: Bench, line: AllowLine | undefined): Allowed | undefined =>
  line === undefined ? undefined : { by: bench.compiled.source, reason: line.reason };

/**
 * What the developer alone may let through: a secret, on its way to home or before it leaves, by an
 * inline marker or by an allow line in the push itself, always with a reason. It counts before every
 * policy. Anywhere else the leaker would write the same marker.
 */
export function developerAllows(
  tips: readonly Bench[],
  column: Column,
  what: Allowable,
  marker: { readonly reason: string } | undefined,
): Allowed | undefined {
  if (what.kind !== 'secret' || column === 'elsewhere') return undefined;
  if (marker !== undefined && marker.reason.trim() !== '') {
    return { by: 'marker', reason: marker.reason.trim() };
  }
  for (const tip of tips) {
    const line = tip.compiled.policy.allow.find((one) => meets(tip, one, what));
    if (line !== undefined) return allowedBy(tip, line);
  }
  return undefined;
}
