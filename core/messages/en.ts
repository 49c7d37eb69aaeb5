import type { Act, Label, UninspectedRule } from '../model.ts';
import type { CordonErrorCode, ErrorData } from '../error.ts';
import { bytes, duration, whole } from './quantity.ts';

/** The destination as a sentence names it. `name` is its normal form, or nothing where none is known. */
interface Toward {
  readonly act: Act;
  readonly name: string | undefined;
  readonly clearance: Label | undefined;
}

interface PolicyProblemData {
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly column?: number | undefined;
  readonly expected?: string | undefined;
  readonly found?: string | undefined;
  readonly nearest?: string | undefined;
}

const plural = (count: number, one: string, many = `${one}s`): string =>
  `${whole(count)} ${count === 1 ? one : many}`;

const text = (value: ErrorData[string], otherwise: string): string =>
  value === undefined || value === '' ? otherwise : String(value);

/** How a credential leaves in this act, after the name of the thing. */
function secretLeaves(act: Act): string {
  switch (act) {
    case 'commit':
      return 'is about to be committed';
    case 'push':
      return 'would leave with this push';
    case 'receive':
      return 'came in with this push';
    case 'review':
      return 'is in this change';
    case 'copy':
      return 'is in what is being copied';
    case 'open':
    case 'scan':
      return 'stands here in clear';
  }
}

function clearedFor({ name, clearance }: Toward): string {
  const who = name ?? 'the destination';
  return clearance === undefined
    ? 'no destination is cleared for that'
    : `${who} is cleared for ${clearance}`;
}

const why: Readonly<Record<UninspectedRule, string>> = {
  encrypted: 'it is encrypted',
  unsupported: 'its packing is not supported',
  malformed: 'it is damaged or made to mislead',
  unreadable: 'it could not be read',
  missing: 'its bytes are not here',
  'bytes-budget': 'it unpacks to more bytes than the limit',
  'depth-budget': 'it is packed in more layers than the limit',
  'entries-budget': 'it holds more entries than the limit',
  'time-budget': 'looking took longer than the limit',
  'facts-budget': 'it holds more findings than the limit',
};

function policyProblem(problem: PolicyProblemData): string {
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

const errors: Readonly<Record<CordonErrorCode, (data: ErrorData) => string>> = {
  usage: (d) => `${text(d['detail'], 'The command line is not valid')}. Run: cordon --help`,
  'policy.invalid': (d) =>
    `${policyProblem(problemOf(d))}${d['nearest'] === undefined ? '.' : ''} Mend that line and run the command again.`,
  'policy.newer-version': (d) =>
    `${text(d['file'], '.cordon/policy.yaml')} is written for version ${text(d['version'] ?? d['found'], 'a later one')} of the policy format, which this Cordon does not know. Update Cordon: npm install -g cordon@latest`,
  'policy.too-large': (d) =>
    `${text(d['file'], '.cordon/policy.yaml')} is larger than a policy may be (${d['limit'] === undefined ? 'the limit' : bytes(Number(d['limit']))}). Replace lists of paths by globs.`,
  'git.not-found': () => 'git was not found. Install git, or put its folder on the PATH.',
  'git.failed': (d) =>
    `git ${text(d['command'], '')} failed${d['exit'] === undefined ? '' : ` (exit ${d['exit']})`}: ${text(d['stderr'], 'no reason given')}. Run that git command by hand to see the reason.`,
  'git.not-a-repository': (d) =>
    `${text(d['path'], 'This folder')} is not inside a git repository. Give one with: --repo DIR`,
  'git.unsafe-repository': (d) =>
    `git refuses ${text(d['path'], 'this repository')}: it belongs to another user. If you trust it: git config --global --add safe.directory ${text(d['path'], 'DIR')}`,
  'git.object-missing': (d) =>
    `Object ${text(d['oid'], 'asked for')} is not in this clone, so it could not be looked at. Fetch what is missing: git fetch --refetch`,
  'git.protocol': (d) =>
    `git answered something unexpected${d['detail'] === undefined ? '' : `: ${d['detail']}`}. Check the repository: git fsck`,
  'git.connection-failed': (d) =>
    `${text(d['url'] ?? d['remote'], 'The remote')} could not be reached, so what it holds is not known. Check the connection: git ls-remote ${text(d['remote'] ?? d['url'], 'REMOTE')}`,
  'source.unreadable': (d) =>
    `${text(d['path'] ?? d['object'], 'A file')} could not be read${d['detail'] === undefined ? '' : `: ${d['detail']}`}. Check that it exists and that you may read it.`,
  'source.spool-full': (d) =>
    `The temporary folder ${text(d['path'], '')} is full, so content could not be unpacked. Free space there, or set TMPDIR to a larger disk.`,
  'install.no-home': () =>
    'Your home folder is not known (HOME is not set), so the runtime has no place. Set HOME and run it again.',
  'install.read-only': (d) =>
    `${text(d['path'], 'A file')} cannot be written: it is read-only. Make it writable and run: cordon init`,
  'install.foreign-hook': (d) =>
    `${text(d['path'], 'A hook')} belongs to another tool and Cordon does not know how to chain it. Have that tool call: cordon hook ${text(d['hook'], 'pre-push')}`,
  'install.self-test-failed': (d) =>
    `The self-test failed: a planted model weight was not stopped${d['detail'] === undefined ? '' : ` (${d['detail']})`}. This clone is NOT guarded. Run: cordon init`,
  'io.disk-full': (d) =>
    `The disk is full${d['path'] === undefined ? '' : ` (${d['path']})`}; nothing was half-written. Free space and run it again.`,
  interrupted: () => 'Interrupted. Nothing was changed; run the command again to finish.',
};

/** All text that people read, in English. A second language is one more file of this type. */
export const en = {
  errors,
  internalError: (detail: string) =>
    `Internal error: ${detail}. Nothing was let through. Please report it with the output of: cordon --version`,
  policyProblem,

  rules: {
    safetensors: 'safetensors',
    gguf: 'GGUF',
    'pytorch-zip': 'PyTorch',
    'pytorch-legacy': 'PyTorch, old format',
    pickle: 'pickle',
    npy: 'NumPy',
    npz: 'NumPy archive',
    hdf5: 'HDF5',
    onnx: 'ONNX',
  } as Readonly<Record<string, string>>,

  finding: {
    secret: (p: { name: string; redacted: string; act: Act; inName: boolean }) =>
      `${p.name} ${p.redacted} ${secretLeaves(p.act)}${p.inName ? ', in a file name' : ''}.`,
    secretAction: (p: { act: Act; rule: string; developerMay: boolean }) =>
      p.developerMay
        ? `Revoke it at its provider and take it out. If it is a sample, write cordon:allow ${p.rule} REASON on its line.`
        : 'Revoke it at its provider and take it out of every commit that holds it.',
    weights: (p: {
      format: string;
      payload: number;
      tensors: number | undefined;
      byName: boolean;
      label: Label;
      toward: Toward;
      sumOver: number | undefined;
    }) =>
      `Model weights (${p.format}, ${bytes(p.payload)}${p.tensors === undefined ? '' : ` in ${plural(p.tensors, 'tensor')}`}${p.byName ? ', by file name' : ''}) are ${p.label}; ${clearedFor(p.toward)}.${p.sumOver === undefined ? '' : ` Small arrays add up: ${bytes(p.sumOver)} in all.`}`,
    weightsCommit: (p: {
      format: string;
      payload: number;
      tensors: number | undefined;
      byName: boolean;
      label: Label;
    }) =>
      `Model weights (${p.format}, ${bytes(p.payload)}${p.tensors === undefined ? '' : ` in ${plural(p.tensors, 'tensor')}`}${p.byName ? ', by file name' : ''}) are ${p.label}: they may go only where that is cleared.`,
    weightsSmall: (p: { format: string; payload: number }) =>
      `A small array (${p.format}, ${bytes(p.payload)}), under the size that counts as model weights.`,
    weightsAction: (p: { act: Act; label: Label; cleared: readonly string[] }) =>
      p.cleared.length > 0
        ? `Take it out, or send it to a destination cleared for ${p.label}: ${p.cleared.join(', ')}.`
        : `Take it out. No destination in the policy is cleared for ${p.label}.`,
    labelMarked: (p: { label: Label; glob: string; toward: Toward }) =>
      `Marked ${p.label} by '${p.glob}'; ${clearedFor(p.toward)}.`,
    labelDefault: (p: { label: Label; toward: Toward }) =>
      `Unmarked, so ${p.label}; ${clearedFor(p.toward)}.`,
    labelMoved: (p: { label: Label; from: string; toward: Toward }) =>
      `The same content as ${p.from}, which is ${p.label}; ${clearedFor(p.toward)}.`,
    labelAction: (p: { label: Label; cleared: readonly string[]; listed: boolean }) =>
      p.cleared.length > 0
        ? `Push it to a destination cleared for ${p.label} (${p.cleared.join(', ')}), or have this one's clearance raised in home's policy.`
        : `Take it out, or have ${p.listed ? "this destination's clearance raised" : 'this destination listed'} in home's policy.`,
    executable: (p: { detail: string; danger: boolean; more: number }) =>
      p.danger
        ? `This model runs code when it is loaded: ${p.detail}${p.more > 0 ? ` and ${p.more} more` : ''}.`
        : `This model loads a class that is not known to be safe: ${p.detail}${p.more > 0 ? ` and ${p.more} more` : ''}.`,
    executableAction: 'Save it again as safetensors, which holds no code.',
    uninspected: (p: { rule: UninspectedRule; detail: string | undefined; more: number }) =>
      `Could not be looked at: ${why[p.rule]}${p.detail === undefined ? '' : ` (${p.detail})`}${p.more > 0 ? `, and ${p.more} more inside` : ''}.`,
    uninspectedAction: (p: { rule: UninspectedRule }) => {
      switch (p.rule) {
        case 'encrypted':
          return 'Send it unencrypted, so that it can be looked at.';
        case 'missing':
          return 'Fetch the missing bytes (git lfs fetch, git fetch --refetch) and try again.';
        case 'unreadable':
          return 'Make it readable and try again.';
        case 'unsupported':
        case 'malformed':
          return 'Unpack it and send its content in a plain form.';
        case 'bytes-budget':
        case 'depth-budget':
        case 'entries-budget':
        case 'time-budget':
        case 'facts-budget':
          return 'Send it in smaller or less nested parts.';
      }
    },
    notListed: (p: { name: string | undefined }) =>
      `${p.name ?? 'This destination'} is not listed, and the policy is isolated: only listed destinations may be sent to.`,
    notListedAction: "Have it listed under destinations in home's policy.",
    route: {
      'ssh-command': (detail: string) =>
        `ssh is replaced by a command of this clone's own (${detail}), which may lead elsewhere.`,
      'proxy-command': (detail: string) =>
        `ssh goes through a proxy command (${detail}), which may lead elsewhere.`,
      'git-proxy': (detail: string) =>
        `git goes through a proxy (${detail}), which may lead elsewhere.`,
      'remote-helper': (detail: string) =>
        `A remote helper carries this push (${detail}); where it leads cannot be known.`,
    },
    routeAction: 'Check that it leads where the URL says.',
    loosened: (p: { detail: string }) => `This push loosens the policy: ${p.detail}.`,
    loosenedAction: (p: { home: boolean }) =>
      p.home
        ? 'Have the change reviewed; it counts once it is on the default branch.'
        : 'Have it reviewed and merged at home first; a change does not count for the push that brings it.',
    brokenPolicyAction: 'Mend that line of the policy and commit it again.',
    noPolicy: 'No policy was handed to the judge, so nothing can be let through.',
    noPolicyAction: 'Run cordon init again; if it stays, report it.',
    already: 'The destination has it already.',
    observed: 'The policy only observes: not blocked.',
    alsoAt: (count: number) => `Also at ${plural(count, 'other place')}.`,
    more: (count: number) => `${plural(count, 'more finding')} of this kind, not listed.`,
    moreAction: 'Mend the listed ones first, then look again.',
    withheldName: '(name withheld: it holds a secret)',
  },

  report: {
    acts: {
      open: 'open',
      copy: 'copy',
      scan: 'scan',
      commit: 'commit',
      push: 'push',
      receive: 'push',
      review: 'review',
    } as Readonly<Record<Act, string>>,
    to: (act: string, place: string) => `${act} to ${place}`,
    into: (act: string, place: string) => `${act} into ${place}`,
    of: (act: string, place: string) => `${act} of ${place}`,
    blocked: 'BLOCKED',
    incomplete: 'INCOMPLETE',
    allowed: 'allowed',
    clean: 'clean',
    problems: (count: number) => plural(count, 'problem'),
    warnings: (count: number) => plural(count, 'warning'),
    letThrough: (count: number) => `${whole(count)} let through`,
    commits: (count: number) => plural(count, 'new commit'),
    objects: (count: number) => plural(count, 'object'),
    scannedIn: (volume: string, milliseconds: number) =>
      `${volume} scanned in ${duration(milliseconds)}`,
    block: 'BLOCK',
    warn: 'warn',
    allow: 'allowed',
    versions: (count: number) => `${whole(count)} versions`,
    tags: {
      fix: 'fix',
      allow: 'allow',
    },
    inCommit: (commit: string) => `commit ${commit}`,
    inObject: (object: string) => `object ${object}`,
    inside: (layer: string) => `inside: ${layer}`,
    places: (count: number) => plural(count, 'place'),
    moreRefs: (count: number) => plural(count, 'more ref'),
    reword: (from: string) => `git rebase -i ${from}  (mark its line reword)`,
    rebase: (from: string) => `git rebase -i ${from}  (mark its line edit), then:`,
    rebaseAndEdit: (from: string) =>
      `git rebase -i ${from}  (mark its line edit), edit the file, then:`,
    edit: 'edit the file, then:',
    removeByHand: 'take it out of the commit (its name cannot be pasted safely)',
    deleteTag: 'delete the tag and make it again without it',
    reason: 'REASON',
    by: (by: string, reason: string) => `let through by ${by}: ${reason}`,
    moreFindings: (count: number, see: string | undefined) =>
      see === undefined ? `${whole(count)} more` : `${whole(count)} more: ${see}`,
    notChecked: 'Not checked:',
    nothing: 'nothing.',
    reasons: why,
    fullReport: (path: string) => `Full report: ${path}`,
  },

  progress: {
    listing: 'listing what is new',
    scanning: (done: number, total: number | undefined) =>
      total === undefined
        ? `scanning ${plural(done, 'object')}`
        : `scanning ${whole(done)} of ${plural(total, 'object')}`,
    bytes,
  },

  explain: {
    label: (path: string, label: Label) => `${path} is ${label}`,
    byMarking: (glob: string) => `marked by '${glob}'`,
    byDefault: 'no marking matches; this is the default label',
    byWeights: (format: string) => `its content is model weights (${format})`,
    byMove: (from: string) => `the same content stands, marked, at ${from}`,
    found: 'Found inside:',
    commit: 'commit',
    may: 'may go to',
    mayNot: 'may not go to',
    elsewhere: 'any destination not listed',
    clearedFor: (label: Label) => `cleared for ${label}`,
    policy: (source: string) => `Policy: ${source}`,
  },
};

export type Messages = typeof en;
