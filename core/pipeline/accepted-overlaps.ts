import type { PublicOverlap } from './register-text.ts';
import type { CompiledPolicy } from '../policy/index.ts';
import { compilePaths } from '../policy/compile-paths.ts';

/**
 * The rule by which an allow line of kind `copy` says that a classified file's stretch is public, because
 * installed code has it too. It lets no finding through: what is public is not looked for any more.
 */
export const INSTALLED_RULE = 'installed';

/** One such line, as it is kept for hooks, which read no policy before they look. */
export interface AcceptedOverlap {
  readonly paths?: readonly string[];
  readonly fingerprint?: string;
}

/** What the policies of the organisation and of home say is public. */
export function acceptedIn(policies: readonly Pick<CompiledPolicy, 'policy'>[]): AcceptedOverlap[] {
  return policies.flatMap(({ policy }) =>
    policy.allow.flatMap(({ kind, rule, paths, fingerprint }) =>
      kind === 'copy' && rule === INSTALLED_RULE && (paths ?? fingerprint) !== undefined
        ? [
            {
              ...(paths !== undefined && { paths }),
              ...(fingerprint !== undefined && { fingerprint }),
            },
          ]
        : [],
    ),
  );
}

/** Every condition of a line must hold. */
export function acceptsOverlap(
  lines: readonly AcceptedOverlap[],
): (overlap: Pick<PublicOverlap, 'path' | 'fingerprint'>) => boolean {
  const compiled = lines.map(({ paths, fingerprint }) => ({
    fingerprint,
    first: paths && compilePaths(paths),
  }));
  return (overlap) =>
    compiled.some(
      ({ fingerprint, first }) =>
        (fingerprint === undefined || fingerprint === overlap.fingerprint) &&
        (first === undefined || first(overlap.path) >= 0),
    );
}
