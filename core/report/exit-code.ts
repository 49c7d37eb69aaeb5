import { CordonError } from '../error.ts';
import type { CordonErrorCode } from '../error.ts';
import type { Verdict } from '../model.ts';

/** Clean, blocked, usage or policy error, internal error, incomplete, interrupted. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 130;

const BY_CODE: Readonly<Record<CordonErrorCode, ExitCode>> = {
  usage: 2,
  'policy.invalid': 2,
  'policy.newer-version': 2,
  'policy.too-large': 2,
  'policy.unreadable': 2,
  'git.not-found': 3,
  'git.failed': 3,
  'git.not-a-repository': 2,
  'git.unsafe-repository': 2,
  'git.object-missing': 4,
  'git.protocol': 3,
  'git.connection-failed': 4,
  'source.unreadable': 4,
  'source.spool-full': 4,
  'install.no-home': 2,
  'install.read-only': 2,
  'install.foreign-hook': 2,
  'install.self-test-failed': 1,
  'io.disk-full': 3,
  'time-up': 4,
  'io.unwritable': 2,
  'copies.no-key': 2,
  'copies.wrong-key': 2,
  'copies.bad-file': 2,
  'record.full': 3,
  'record.unwritable': 3,
  interrupted: 130,
};

/** True where something that nobody let through could not be looked at. */
export function isIncomplete(verdict: Verdict): boolean {
  const letThrough = new Set(
    verdict.findings
      .filter((finding) => finding.kind === 'uninspected' && finding.allowed !== undefined)
      .flatMap(({ rule, object, path }) => [`${rule}\0${object}`, `${rule}\0${path}`]),
  );
  return verdict.coverage.notChecked.some(
    ({ rule, object, what }) =>
      rule !== 'payload' &&
      !letThrough.has(`${rule}\0${object}`) &&
      !letThrough.has(`${rule}\0${what}`),
  );
}

/** The exit code of what was thrown: an error that is not Cordon's own is internal. */
export function exitCodeOfError(error: unknown): ExitCode {
  return error instanceof CordonError ? BY_CODE[error.code] : 3;
}

/**
 * The exit code of a verdict. It blocks with 1, or with 4 where all that blocks is what could not be
 * looked at. Content at rest has no act to block: there a gap alone is 4 too.
 */
export function exitCodeOf(verdict: Verdict): ExitCode {
  const blocking = verdict.findings.filter((finding) => finding.severity === 'block');
  if (blocking.some((finding) => finding.kind !== 'uninspected')) return 1;
  if (blocking.length > 0) return 4;
  if (verdict.verdict === 'block') return 1;
  return verdict.act === 'scan' && isIncomplete(verdict) ? 4 : 0;
}
