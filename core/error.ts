/**
 * What can go wrong, as a closed list. Tests assert the code; the sentence for people is made at
 * the edge from `report/messages`.
 */
export type CordonErrorCode =
  | 'usage'
  | 'policy.invalid'
  | 'policy.newer-version'
  | 'policy.too-large'
  | 'policy.unreadable'
  | 'git.not-found'
  | 'git.failed'
  | 'git.not-a-repository'
  | 'git.unsafe-repository'
  | 'git.object-missing'
  | 'git.protocol'
  | 'git.connection-failed'
  | 'source.unreadable'
  | 'source.spool-full'
  | 'install.no-home'
  | 'install.read-only'
  | 'install.foreign-hook'
  | 'install.self-test-failed'
  | 'io.disk-full'
  | 'time-up'
  | 'io.unwritable'
  | 'copies.no-key'
  | 'copies.wrong-key'
  | 'copies.bad-file'
  | 'record.full'
  | 'record.unwritable'
  | 'interrupted';

export type ErrorData = Readonly<Record<string, string | number | boolean | undefined>>;

/** An error of Cordon's own. A finding is never an error, and "could not look" is a fact, not this. */
export class CordonError extends Error {
  override readonly name = 'CordonError';
  readonly code: CordonErrorCode;
  readonly data: ErrorData;

  constructor(code: CordonErrorCode, data: ErrorData = {}, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause });
    this.code = code;
    this.data = data;
  }
}
