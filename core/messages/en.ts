import type { Act, FindingKind, Label, PolicySource, UninspectedRule } from '../model.ts';
import type { CordonErrorCode, ErrorData } from '../error.ts';
import { copies } from './copies.ts';
import { help } from './help.ts';
import { bytes, duration, whole } from './quantity.ts';
import { record } from './record.ts';
import { recording } from './recording.ts';

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
  'index-unreadable': 'an index of classified content cannot be read',
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

const errors: Readonly<Record<CordonErrorCode, (data: ErrorData) => string>> = {
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
    `${field(d, 'path') ?? 'This file'} is not an index of Cordon, or it is damaged${inBrackets(field(d, 'detail'))}. Export it again: cordon register --export FILE`,
  'record.full': (d) =>
    `The disk is full, so the record${inBrackets(field(d, 'path'))} cannot be written. Free space there and run it again.`,
  'record.unwritable': (d) =>
    `The record${inBrackets(field(d, 'path'))} cannot be written${inBrackets(field(d, 'system'))}. Make that folder writable for you and run it again.`,
  interrupted: () => 'Interrupted; what was there is as it was. Run it again to finish.',
};

// How a rule's id is written out: `aws-access-key` is "AWS access key".
const WORDS: Readonly<Record<string, string>> = {
  age: 'age',
  ai: 'AI',
  api: 'API',
  assemblyai: 'AssemblyAI',
  aws: 'AWS',
  digitalocean: 'DigitalOcean',
  dingtalk: 'DingTalk',
  elevenlabs: 'ElevenLabs',
  github: 'GitHub',
  gitlab: 'GitLab',
  huggingface: 'Hugging Face',
  json: 'JSON',
  jwt: 'JWT',
  langsmith: 'LangSmith',
  minimax: 'MiniMax',
  modelscope: 'ModelScope',
  netrc: 'netrc',
  npm: 'npm',
  nvidia: 'NVIDIA',
  oauth: 'OAuth',
  openai: 'OpenAI',
  openrouter: 'OpenRouter',
  openssh: 'OpenSSH',
  pgp: 'PGP',
  pypi: 'PyPI',
  runpod: 'RunPod',
  sas: 'SAS',
  ssh: 'SSH',
  url: 'URL',
  wandb: 'W&B',
  wecom: 'WeCom',
  xai: 'xAI',
};

function ruleName(rule: string): string {
  const words = rule
    .split('-')
    .map((word) => (Object.hasOwn(WORDS, word) ? (WORDS[word] ?? word) : word))
    .join(' ');
  return Object.hasOwn(WORDS, rule.split('-')[0] ?? '')
    ? words
    : words.slice(0, 1).toUpperCase() + words.slice(1);
}

const FORMATS: Readonly<Record<string, string>> = {
  ggml: 'GGML',
  gguf: 'GGUF',
  hdf5: 'HDF5',
  'headerless-tensors': 'raw tensors',
  npy: 'NumPy',
  onnx: 'ONNX',
  'pytorch-legacy': 'PyTorch, old format',
  'pytorch-zip': 'PyTorch',
  tflite: 'TensorFlow Lite',
  'weights-name': 'a name of weights',
};

const formatName = (rule: string): string =>
  Object.hasOwn(FORMATS, rule) ? (FORMATS[rule] ?? rule) : rule;

/** Who let something through: a marker in the content, or a policy's allow line. */
const LET_BY: Readonly<Record<string, string>> = {
  marker: 'a marker on its line',
  organisation: "the organisation's policy",
  home: "home's policy",
  tip: "this push's own policy",
  file: 'the policy file that was named',
  'built-in': 'the policy that is built in',
};

/** All text that people read, in English. A second language is one more file of this type. */
export const en = {
  errors,
  internalError: (detail: string) =>
    `Internal error: ${detail}. Nothing was let through. Please report it with the output of: cordon --version`,
  policyProblem,

  /** The name of a secret's rule, at the head of a sentence. */
  ruleName,
  /** What a kind of finding is, for people who meet it in another tool. */
  kinds: {
    secret: 'A credential that stands in clear',
    weights: 'Parameters of a trained model',
    label: 'Content whose label the destination is not cleared for',
    copy: 'A copy of classified content',
    'executable-model': 'A model that runs code when it is loaded',
    destination: 'Where a push leads',
    policy: 'The policy itself',
    signature: 'Who signed a commit',
    uninspected: 'Content that could not be looked at',
  } satisfies Readonly<Record<FindingKind, string>>,
  /** The name of a weights format, within a sentence. */
  formatName,

  copies,

  finding: {
    /** What a destination is cleared for, within a sentence. */
    clearedFor,
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
        case 'index-unreadable':
          return 'Make it again there (cordon register), import it again, or delete that folder.';
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
    found: 'FOUND',
    noted: 'found',
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
    reword: (from: string) => `git rebase -i ${from} (mark its line reword)`,
    rebase: (from: string) => `git rebase -i ${from} (mark its line edit), then:`,
    rebaseAndEdit: (from: string) =>
      `git rebase -i ${from} (mark its line edit), edit the file, then:`,
    edit: 'edit the file, then:',
    rename: 'give the file another name with git mv',
    renameAnd: 'give the file another name with git mv, then:',
    rebaseAndRename: (from: string) =>
      `git rebase -i ${from} (mark its line edit), give the file another name with git mv, then:`,
    otherCommits: (count: number) =>
      `then push again: ${plural(count, 'other commit')} ${count === 1 ? 'is' : 'are'} still to mend`,
    removeByHand: 'take it out of the commit (its name cannot be pasted safely)',
    deleteTag: 'delete the tag and make it again without it',
    reason: 'REASON',
    allowGoes: 'An allow line goes into .cordon/policy.yaml at home, through review.',
    by: (by: string, reason: string) =>
      `let through by ${Object.hasOwn(LET_BY, by) ? LET_BY[by] : by}: ${reason}`,
    moreFindings: (count: number, see: string | undefined) =>
      see === undefined ? `${whole(count)} more` : `${whole(count)} more: ${see}`,
    notChecked: 'Not checked:',
    notAsked: {
      forbidden:
        'The destination was not asked what it already has: CORDON_OFFLINE or contactDestinations in the policy forbids it.',
      'no-answer': 'The destination did not tell what it already has.',
    },
    nothing: 'nothing.',
    reasons: why,
    fullReport: (path: string) => `Full report: ${path}`,
  },

  install: {
    at: (version: string, top: string) => `Cordon ${version} in ${top}`,
    provenHere: 'Self-test: a clean push went through, a planted model weight was stopped.',
    provenServer: 'Self-test: a clean push was received, a planted model weight was refused.',
    next: (policy: string) => `Next: look at ${policy}, then commit and push it.`,
    nameServer:
      'Policies know this server by its URL. Name it as laptops do: cordon init --server --url URL',
    notInstalled: 'Cordon was not installed here; nothing was changed.',
  },

  progress: {
    listing: 'listing what is new',
    scanned: (objects: number, volume: number) =>
      `scanning, ${plural(objects, 'object')} (${bytes(volume)}) so far`,
  },

  explain: {
    is: (path: string, label: Label) => `${path} is ${label}`,
    policyFile: '.cordon/policy.yaml',
    marked: (glob: string, place: string) => `marked by '${glob}' (${place})`,
    unmarked: 'no marking matches, so the default label holds',
    weights: (format: string) => `its content is model weights (${format})`,
    moved: (from: string) => `the same content stands, marked, at ${from}`,
    found: (what: string, detail: string | undefined) =>
      detail === undefined ? what : `${what}: ${detail}`,
    weightsFound: (format: string) => `model weights (${format})`,
    secret: (name: string, redacted: string | undefined) =>
      `${name}${redacted === undefined ? '' : ` ${redacted}`}: leaves for nowhere`,
    runsCode: 'runs code when it is loaded',
    notLooked: 'could not be looked at',
    home: 'home',
    cleared: (label: Label) => `cleared for ${label}`,
    notListed: (label: Label) => `not listed, so cleared for ${label}`,
    nowhere: "none of this clone's remotes",
    noRemote: 'nowhere: this clone has no remote',
    copying: {
      allow: 'to places that git does not track: allowed',
      warn: 'to places that git does not track: allowed, with a warning',
      block: 'to places that git does not track: blocked by the editor',
    },
    untracked: 'not tracked: the hooks see it once it is committed',
    sources: {
      organisation: "the organisation's",
      home: "home's default branch",
      tip: "this checkout's own",
      file: 'the file that was named',
      'built-in': 'built in: no policy file counts here',
    } satisfies Readonly<Record<PolicySource, string>>,
    tags: {
      why: 'why',
      seen: 'found',
      may: 'goes to',
      mayNot: 'not to',
      copying: 'copying',
      git: 'git',
      policy: 'policy',
    },
  },

  record,
  recording,

  help,
};

export type Messages = typeof en;
