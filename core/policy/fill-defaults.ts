import type { Label } from '../model.ts';
import type { Policy } from './policy.ts';
import { tidyGlob } from './check-glob.ts';
import type { PolicyFile } from './schema.ts';

export const defaultLabels: readonly Label[] = ['public', 'internal', 'confidential', 'restricted'];

/**
 * Fills in what a policy file leaves out. With labels of its own, a file's defaults stay within them:
 * weights carry the highest, copies and reads begin at `confidential` or else at the second highest,
 * and never at the lowest; copying blocks at the highest label, warns at the one below it, and is at
 * least as strict for a label as for any lower one that the file names. Globs come out as they are matched (`tidyGlob`).
 */
export function fillDefaults(file: PolicyFile): Policy {
  const labels = file.labels ?? defaultLabels;
  const lowest = labels[0] ?? 'public';
  const highest = labels.at(-1) ?? lowest;
  const sensitive =
    labels.indexOf('confidential') > 0
      ? 'confidential'
      : (labels[Math.max(labels.length - 2, 1)] ?? highest);
  return {
    version: 1,
    mode: file.mode ?? 'enforce',
    labels,
    defaultLabel: file.defaultLabel ?? lowest,
    markings: (file.markings ?? []).map(({ paths, label }) => ({
      paths: paths.map(tidyGlob),
      label,
    })),
    weights: { label: file.weights?.label ?? highest, minBytes: file.weights?.minBytes ?? 65_536 },
    secrets: { salt: file.secrets?.salt ?? '' },
    copies: { from: file.copies?.from ?? sensitive },
    destinations: file.destinations ?? [],
    isolated: file.isolated ?? false,
    contactDestinations: file.contactDestinations ?? true,
    allow: (file.allow ?? []).map(({ kind, reason, paths, rule, fingerprint, maxBytes }) => ({
      kind,
      reason,
      ...(paths !== undefined && { paths: paths.map(tidyGlob) }),
      ...(rule !== undefined && { rule }),
      ...(fingerprint !== undefined && { fingerprint }),
      ...(maxBytes !== undefined && { maxBytes }),
    })),
    copying: copyingOf(labels, file.copying ?? {}),
    signing: file.signing ?? [],
    signers: file.signers ?? '.cordon/allowed_signers',
    record: {
      reads: file.record?.reads ?? sensitive,
      privacy: file.record?.privacy ?? 'plain',
      require: file.record?.require ?? highest,
      ...(file.record?.ship !== undefined && { ship: file.record.ship }),
    },
  };
}

const strictness = ['allow', 'warn', 'block'] as const;
type Copying = (typeof strictness)[number];

function copyingOf(
  labels: readonly Label[],
  named: Readonly<Record<Label, Copying>>,
): Readonly<Record<Label, Copying>> {
  let least = 0;
  return Object.fromEntries(
    labels.map((label, rank) => {
      const given = Object.hasOwn(named, label) ? named[label] : undefined;
      if (given !== undefined) least = Math.max(least, strictness.indexOf(given));
      const unnamed = rank === 0 ? 0 : Math.max(rank - labels.length + 3, 0);
      return [label, given ?? strictness[Math.max(unnamed, least)] ?? 'block'];
    }),
  );
}
