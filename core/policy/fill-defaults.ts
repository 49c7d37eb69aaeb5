import type { Label } from '../model.ts';
import type { Policy } from './policy.ts';
import type { PolicyFile } from './schema.ts';

export const defaultLabels: readonly Label[] = ['public', 'internal', 'confidential', 'restricted'];

/**
 * Fills in what a policy file leaves out. With labels of its own, a file's defaults stay within them:
 * weights carry the highest, copies and reads begin at `confidential` or else at the second highest.
 */
export function fillDefaults(file: PolicyFile): Policy {
  const labels = file.labels ?? defaultLabels;
  const lowest = labels[0] ?? 'public';
  const highest = labels.at(-1) ?? lowest;
  const sensitive = labels.includes('confidential') ? 'confidential' : (labels.at(-2) ?? highest);
  return {
    version: 1,
    mode: file.mode ?? 'enforce',
    labels,
    defaultLabel: file.defaultLabel ?? lowest,
    markings: file.markings ?? [],
    weights: { label: file.weights?.label ?? highest, minBytes: file.weights?.minBytes ?? 65_536 },
    secrets: { salt: file.secrets?.salt ?? '' },
    copies: { from: file.copies?.from ?? sensitive },
    destinations: file.destinations ?? [],
    isolated: file.isolated ?? false,
    contactDestinations: file.contactDestinations ?? true,
    allow: (file.allow ?? []).map(({ kind, reason, paths, rule, fingerprint, maxBytes }) => ({
      kind,
      reason,
      ...(paths !== undefined && { paths }),
      ...(rule !== undefined && { rule }),
      ...(fingerprint !== undefined && { fingerprint }),
      ...(maxBytes !== undefined && { maxBytes }),
    })),
    copying: file.copying ?? {},
    signing: file.signing ?? [],
    signers: file.signers ?? '.cordon/allowed_signers',
    record: {
      reads: file.record?.reads ?? sensitive,
      privacy: file.record?.privacy ?? 'plain',
      ...(file.record?.ship !== undefined && { ship: file.record.ship }),
    },
  };
}
