import type { CordonErrorCode, ErrorData } from '../error.ts';
import { bytes, duration } from './quantity.ts';

interface PolicyProblemData {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
  readonly nearest?: string | undefined;
}

export function policyProblem(problem: PolicyProblemData): string {
  const place = [problem.file ?? '.cordon/policy.yaml', problem.line, problem.column]
    .filter((part) => part !== undefined)
    .join(':');
  const expected =
    problem.expected === undefined ? 'not a valid policy' : `expected ${problem.expected}`;
  const found = problem.found === undefined ? '' : `, found ${problem.found}`;
  const nearest = problem.nearest === undefined ? '' : `; did you mean ${problem.nearest}?`;
  return `${place}: ${expected}${found}${nearest}`;
}

function problemOf(data: ErrorData): PolicyProblemData {
  const word = (key: string) => (data[key] === undefined ? undefined : String(data[key]));
  const number = (key: string) => (typeof data[key] === 'number' ? data[key] : undefined);
  return {
    file: word('file'),
    line: number('line'),
    column: number('column'),
    expected: word('expected'),
    found: word('found'),
    nearest: word('nearest'),
  };
}

/** The first of several fields that a thrower may have filled in. */
function field(data: ErrorData, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = data[key];
    if (value !== undefined && value !== '') return String(value);
  }
  return undefined;
}

const inBrackets = (detail: string | undefined): string =>
  detail === undefined ? '' : ` (${detail})`;
const afterColon = (detail: string | undefined): string =>
  detail === undefined ? '' : `: ${detail}`;
const perhaps = (nearest: string | undefined): string =>
  nearest === undefined ? '' : `; did you mean ${nearest}?`;
/** Ends a sentence that may already end. */
const ended = (sentence: string): string => (/[.?!]$/.test(sentence) ? sentence : `${sentence}.`);

function usageProblem(d: ErrorData): string {
  const word = field(d, 'word') ?? '';
  const nearest = perhaps(field(d, 'nearest'));
  switch (field(d, 'problem', 'reason') ?? '') {
    case 'unknown-command':
      return `There is no command ${word}${nearest}`;
    case 'unknown-option':
      return `There is no option ${word}${nearest}`;
    case 'bad-option':
      return `${word} is not valid${inBrackets(field(d, 'detail'))}`;
    case 'bad-choice':
      return `${word} is not one of: ${field(d, 'expected') ?? ''}${nearest}`;
    case 'missing-argument':
      return field(d, 'expected') === undefined
        ? `${word || 'An argument'} is missing`
        : `cordon ${word} needs ${field(d, 'expected')}`;
    case 'outside':
      return `${word} is outside the repository`;
    case 'bare':
      return `${field(d, 'path') ?? 'This repository'} is bare: a server's side. There it is cordon init --server`;
    case 'not-bare':
      return `${field(d, 'path') ?? 'This repository'} is not bare. For a clone it is cordon init, without --server`;
    default:
      return `The command line is not valid${afterColon(field(d, 'detail', 'what'))}`;
  }
}

const ownFile = (d: ErrorData) => field(d, 'file') ?? '.cordon/policy.yaml';

/** What went wrong, where, and one thing to do. */
export const errors: Readonly<Record<CordonErrorCode, (data: ErrorData) => string>> = {
  usage: (d) => `${ended(usageProblem(d))} See: cordon --help`,
  'policy.invalid': (d) =>
    `${ended(policyProblem(problemOf(d)))} Mend that line and run the command again.`,
  'policy.newer-version': (d) =>
    `${ownFile(d)} is written for version ${field(d, 'version', 'found') ?? 'a later one'} of the policy format, which this Cordon does not know. Update Cordon, then run: cordon init`,
  'policy.too-large': (d) =>
    `${ownFile(d)} is larger than a policy may be${inBrackets(d['limit'] === undefined ? undefined : bytes(Number(d['limit'])))}. Replace lists of paths by globs.`,
  'policy.unreadable': (d) =>
    `${field(d, 'path') ?? 'The policy'} could not be read as a policy${inBrackets(field(d, 'reason'))}. It must be a file that you may read.`,
  'git.not-found': () => 'git was not found. Install git, or put its folder on the PATH.',
  'git.failed': (d) => {
    const command = field(d, 'command', 'args');
    const code = field(d, 'exit', 'exitCode', 'code');
    const how = d['timedOut'] === true ? 'took too long' : 'failed';
    const reason = field(d, 'stderr', 'detail');
    return `${ended(`git${command === undefined ? '' : ` ${command}`} ${how}${inBrackets(code === undefined || code === '-1' ? undefined : `exit ${code}`)}${afterColon(reason)}`)} Check the repository: git fsck`;
  },
  'git.not-a-repository': (d) =>
    `${field(d, 'path', 'dir') ?? 'This folder'} is not inside a git repository. Name one with: --repo DIR`,
  'git.unsafe-repository': (d) =>
    `git refuses ${field(d, 'path', 'dir') ?? 'this repository'}, because it belongs to another user. If you trust it: git config --global --add safe.directory ${field(d, 'path', 'dir') ?? 'DIR'}`,
  'git.object-missing': (d) =>
    `Object ${field(d, 'oid', 'object') ?? 'asked for'} is not in this clone, so it could not be looked at. Fetch what is missing: git fetch --refetch`,
  'git.protocol': (d) =>
    `git gave an answer that could not be understood${inBrackets(field(d, 'what', 'detail'))}. Check the repository: git fsck`,
  'git.connection-failed': (d) =>
    `${ended(`${field(d, 'url', 'remote') ?? 'The remote'} could not be reached, so what it holds is not known${afterColon(field(d, 'stderr', 'detail'))}`)} Check the connection: git ls-remote ${field(d, 'remote', 'url') ?? 'REMOTE'}`,
  'source.unreadable': (d) =>
    `${field(d, 'path', 'oid', 'object') ?? 'Something'} could not be read${inBrackets(field(d, 'why', 'detail', 'code', 'reason'))}. Check that it is there and that you may read it.`,
  'source.spool-full': (d) =>
    `The temporary folder${afterColon(field(d, 'path'))} has no room left, so content could not be unpacked. Free space there, or set TMPDIR to a larger disk.`,
  'install.no-home': () =>
    'Your home folder is not known, so Cordon has no place for its program. Set HOME to an absolute path and run it again.',
  'install.read-only': (d) =>
    `${field(d, 'path') ?? 'A file'} cannot be written${inBrackets(field(d, 'system'))}. Make it writable and run it again.`,
  'install.foreign-hook': (d) =>
    d['reason'] === 'hooks-path'
      ? `git takes this repository's hooks from another folder${inBrackets(field(d, 'path'))}. Unset core.hooksPath there, or put the hook into that folder.`
      : `${field(d, 'path') ?? 'A hook'} is not a file of this repository's own${d['reason'] === 'link' ? ': it is a link that leads outside' : ''}. Move it away and run it again.`,
  'install.self-test-failed': (d) =>
    `The self-test failed: a planted model weight was not stopped${inBrackets(field(d, 'detail'))}. This repository is NOT guarded. Run: cordon init`,
  'io.disk-full': (d) =>
    `The disk is full${inBrackets(field(d, 'path'))}; what was there is as it was. Free space and run it again.`,
  'time-up': (d) =>
    `It took longer than ${duration(Number(d['ms']))}, so not all of it was looked at and nothing was let through. Send it in smaller parts.`,
  'io.unwritable': (d) =>
    `${field(d, 'path') ?? 'The output'} cannot be written${inBrackets(field(d, 'system'))}. Name another place for it.`,
  'copies.no-key': (d) =>
    `The index of classified content${afterColon(field(d, 'path'))} has no key here, so it cannot be read. Name its passphrase file or its key: cordon register --import FILE --passphrase-file P`,
  'copies.wrong-key': (d) =>
    `${field(d, 'path') ?? 'The index'} does not open with this ${field(d, 'what') ?? 'passphrase'}. Ask whoever exported it for the right one.`,
  'copies.bad-file': (d) =>
    field(d, 'reason') === 'none'
      ? 'Nothing is registered in this repository. First: cordon register'
      : `${field(d, 'path') ?? 'This file'} is not an index of Cordon, or it is damaged${inBrackets(field(d, 'detail'))}. Export it again: cordon register --export FILE`,
  'record.full': (d) =>
    `The disk is full, so the record${inBrackets(field(d, 'path'))} cannot be written. Free space there and run it again.`,
  'record.unwritable': (d) =>
    `The record${inBrackets(field(d, 'path'))} cannot be written${inBrackets(field(d, 'system'))}. Make that folder writable for you and run it again.`,
  interrupted: () => 'Interrupted; what was there is as it was. Run it again to finish.',
};
