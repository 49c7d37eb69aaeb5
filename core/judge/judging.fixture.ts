import { minimatch } from 'minimatch';
import type {
  CopyFact,
  Destination,
  ExecutableFact,
  Oid,
  PathName,
  PolicySource,
  RefName,
  RepoPath,
  SecretFact,
  UninspectedFact,
  Verdict,
  WeightsFact,
} from '../model.ts';
import type { CompiledPolicy, Policy } from '../policy/policy.ts';
import type { Messages } from '../messages/index.ts';
import { judge } from './judge-act.ts';
import type { JudgeInput, Subject } from './judge.ts';

/** Policies, subjects and facts for tests, each with everything filled in but what a test names. */

const options = { dot: true, nocase: true, nonegate: true, nocomment: true };

const DEFAULTS: Policy = {
  version: 1,
  mode: 'enforce',
  labels: ['public', 'internal', 'confidential', 'restricted'],
  defaultLabel: 'internal',
  markings: [
    { paths: ['src/model/**'], label: 'restricted' },
    { paths: ['docs/**'], label: 'public' },
  ],
  weights: { label: 'restricted', minBytes: 65_536 },
  secrets: { salt: '' },
  copies: { from: 'confidential' },
  destinations: [
    { url: 'git.lab.example/**', clearance: 'restricted' },
    { url: 'github.com/acme/*', clearance: 'internal' },
  ],
  isolated: false,
  contactDestinations: true,
  allow: [],
  copying: {},
  signing: [],
  signers: '.cordon/allowed_signers',
  record: { reads: 'confidential', privacy: 'plain', require: 'restricted' },
};

export function policyOf(
  changes: Partial<Policy> = {},
  source: PolicySource = 'home',
): CompiledPolicy {
  const policy = { ...DEFAULTS, ...changes };
  const rank = (label: string) => policy.labels.indexOf(label);
  const matches = (path: string, globs: readonly string[]) =>
    globs.some((glob) => minimatch(path, glob, options));
  return {
    source,
    hash: `sha256:${source}`,
    policy,
    labelOf(path) {
      let found: { label: string; marking: number; glob?: string } = {
        label: policy.defaultLabel,
        marking: -1,
      };
      policy.markings.forEach(({ paths, label }, marking) => {
        const glob = paths.find((one) => minimatch(path, one, options));
        if (glob === undefined) return;
        if (found.marking < 0 || rank(label) > rank(found.label)) found = { label, marking, glob };
      });
      return found;
    },
    matches,
    clearanceOf(normal) {
      const listed = policy.destinations.filter(({ url }) => minimatch(normal, url, options));
      const [first] = listed;
      return first === undefined
        ? { clearance: policy.labels[0] ?? '', listed: false }
        : { clearance: first.clearance, listed: true };
    },
    rank,
  };
}

export const homeRemote: Destination = {
  url: 'git@git.lab.example:acme/models.git',
  normal: 'git.lab.example/acme/models',
  home: true,
};
export const clearedForInternal: Destination = {
  url: 'https://github.com/acme/models',
  normal: 'github.com/acme/models',
  home: false,
};
export const notListed: Destination = {
  url: 'https://example.org/x',
  normal: 'example.org/x',
  home: false,
};

export const oid = (digit: string): Oid => digit.repeat(40).slice(0, 40) as Oid;
export const pathName = (text: string): PathName => ({ text: text as RepoPath });
export const mainRef = 'refs/heads/main' as RefName;

export function subjectOf(path: string | undefined, changes: Partial<Subject> = {}): Subject {
  return {
    type: 'blob',
    object: oid('a'),
    places: path === undefined ? [] : [{ path: pathName(path), commit: oid('c'), ref: mainRef }],
    elsewhere: [],
    facts: [],
    atDestination: false,
    knownSecrets: new Set(),
    ...changes,
  };
}

const at = { layer: '' };

export const weightsFact = (changes: Partial<WeightsFact> = {}): WeightsFact => ({
  kind: 'weights',
  rule: 'safetensors',
  at,
  payloadBytes: 2_100_000_000,
  tensors: 291,
  evidence: 'content',
  ...changes,
});

export const secretFact = (changes: Partial<SecretFact> = {}): SecretFact => ({
  kind: 'secret',
  rule: 'huggingface-token',
  at: { layer: '', line: 41, column: 9 },
  redacted: 'hf_****Qx9',
  fingerprint: 'c1:0123456789abcdef',
  severity: 'block',
  proven: false,
  ...changes,
});

export const executableFact = (changes: Partial<ExecutableFact> = {}): ExecutableFact => ({
  kind: 'executable-model',
  rule: 'pickle-global',
  at,
  grade: 'danger',
  detail: 'os.system',
  ...changes,
});

export const copyFact = (changes: Partial<CopyFact> = {}): CopyFact => ({
  kind: 'copy',
  rule: 'copy',
  at: { layer: '', line: 10 },
  endLine: 49,
  label: 'restricted',
  source: { path: 'src/model/attention.py', line: 12, endLine: 51 },
  grade: 'sure',
  bits: 900,
  tokens: 320,
  fingerprint: 'c1:00112233445566778899aabbccddeeff',
  ...changes,
});

export const uninspectedFact = (changes: Partial<UninspectedFact> = {}): UninspectedFact => ({
  kind: 'uninspected',
  rule: 'encrypted',
  at,
  ...changes,
});

/** Judges with one home policy, on the way to home, unless told otherwise. */
type Changes = Omit<Partial<JudgeInput>, 'destination'> & {
  readonly destination?: Destination | undefined;
};

export function judged(changes: Changes = {}, messages?: Messages): Verdict {
  const { destination, ...others } = { destination: homeRemote, ...changes };
  return judge(
    {
      act: 'push',
      policies: [policyOf()],
      subjects: [],
      coverage: { objects: 14, bytes: 2_100_000_000, notChecked: [] },
      now: new Date(0),
      milliseconds: 800,
      ...others,
      ...(destination === undefined ? {} : { destination }),
    },
    messages,
  );
}
