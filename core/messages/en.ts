import type { Act, FindingKind, Label, PolicySource, UninspectedRule } from '../model.ts';
import { copies } from './copies.ts';
import { errors, policyProblem } from './errors.ts';
import { help } from './help.ts';
import { formatName, ruleName } from './names.ts';
import { bytes, duration, whole } from './quantity.ts';
import { record } from './record.ts';
import { recording } from './recording.ts';

/** The destination as a sentence names it. `name` is its normal form, or nothing where none is known. */
interface Toward {
  readonly act: Act;
  readonly name: string | undefined;
  readonly clearance: Label | undefined;
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
    packages: (count: number, volume: number, of: number) =>
      `reading public code, ${plural(count, 'package')}, ${bytes(volume)} of ${bytes(of)}`,
    files: (count: number, volume: number) =>
      `registering, ${plural(count, 'file')} (${bytes(volume)}) so far`,
    trying: (count: number, of: number) =>
      `trying the index on public code, ${whole(count)} of ${plural(of, 'file')}`,
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
