import { lstatSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { CordonError } from '../error.ts';
import { resolveDestination } from '../destination/resolve-destination.ts';
import { runGit } from '../git/index.ts';
import { judge, type JudgeInput, type Subject } from '../judge/index.ts';
import { bytes } from '../messages/index.ts';
import type {
  Act,
  CopyFact,
  Destination,
  Fact,
  Finding,
  Label,
  Oid,
  PolicySource,
  RepoPath,
} from '../model.ts';
import type { CompiledPolicy } from '../policy/index.ts';
import { errnoOf } from '../source/file-source.ts';
import { fileSource } from '../source/index.ts';
import { openFreshCopies } from './copies.ts';
import { findHome, remoteNames, remoteUrl } from './home.ts';
import { createInspector } from './inspector.ts';
import { indexLabels } from './label-index.ts';
import { lfsStores } from './lfs-stores.ts';
import { choosePoliciesAtRest } from './policies-at-rest.ts';
import type { Session } from './session.ts';
import { factsAt } from './subjects.ts';

/** Why a path has the label it has, and what follows. */
export interface PathExplanation {
  readonly path: string;
  readonly label: Label;
  readonly why:
    | { readonly kind: 'marking'; readonly glob: string }
    | { readonly kind: 'default' }
    | { readonly kind: 'weights'; readonly rule: string }
    | { readonly kind: 'history'; readonly path: string };
  readonly policy: { readonly source: PolicySource };
  readonly seen: readonly { kind: string; rule: string; detail?: string }[];
  readonly destinations: readonly {
    readonly name: string;
    readonly normal: string;
    readonly clearance: Label;
    readonly listed: boolean;
    readonly home: boolean;
    readonly may: boolean;
    readonly because?: string;
  }[];
  readonly copying?: 'allow' | 'warn' | 'block';
  readonly tracked: boolean;
}

/**
 * Explains one path: the marking or detector that gave its label, and where it may go. The path need not
 * exist; then only its name is judged. Throws `usage` for a path outside the repository.
 */
export async function explainPath(session: Session, given: string): Promise<PathExplanation> {
  const { repo } = session;
  const top = repo.workTree ?? repo.dir;
  const file = isAbsolute(given) ? given : resolve(given);
  const path = relative(top, file).split(sep).join('/');
  if (path.startsWith('../') || path === '..') {
    throw new CordonError('usage', {
      problem: 'outside',
      word: given,
      detail: `${given} is outside ${top}`,
    });
  }
  const chosen = await choosePoliciesAtRest(session);
  session.onChosen(chosen);
  const { policies } = chosen;
  const strictest = highest(policies, path);
  const salt = policies.find(({ policy }) => policy.secrets.salt !== '')?.policy.secrets.salt ?? '';
  const { facts: all, size } = await factsOf(session, file, salt);
  const facts = all.filter((fact) => fact.kind !== 'copy' || tellsMore(strictest, path, fact));
  const oid = await blobOf(session, file);
  const labels = await indexLabels(repo, { policies, tips: [], dir: `${session.stateDir}/labels` });
  const from = oid === undefined || (await labels.bornUnmarked(oid)) ? [] : labels.namesOf(oid);
  const elsewhere = from.filter(({ text }) => text !== path);
  const place = { path: { text: path as RepoPath } };
  const subject: Subject = {
    type: 'file',
    places: [place],
    elsewhere,
    facts: factsAt(facts, [place], size),
    bytes: size,
    atDestination: false,
    knownSecrets: new Set(),
  };
  const { policy } = strictest;
  const rank = (label: Label) => strictest.rank(label);
  const own = strictest.labelOf(path);
  const moved = elsewhere
    .map(({ text }) => ({ label: strictest.labelOf(text).label, from: text as string }))
    .sort((a, b) => rank(b.label) - rank(a.label))[0];
  const weights = subject.facts.some(({ kind }) => kind === 'weights')
    ? policy.weights.label
    : undefined;
  const label =
    [own.label, moved?.label, weights]
      .filter((one) => one !== undefined)
      .sort((a, b) => rank(b) - rank(a))[0] ?? own.label;
  const copying = policy.copying[label];
  return {
    path,
    label,
    why: whyOf(subject.facts, label, own, weights, moved),
    policy: { source: strictest.source },
    seen: subject.facts.filter(({ kind }) => kind !== 'opaque').map(seenOf),
    destinations: (await destinationsOf(session)).map(({ name, destination }) => {
      const verdict = judge(inputOf(session, policies, subject, 'push', destination));
      const other = verdict.findings.find(
        ({ kind, severity }) => severity === 'block' && kind !== 'label' && kind !== 'weights',
      );
      return {
        name,
        normal: destination.normal,
        clearance: clearance(policies, destination.normal),
        listed: policies.every((one) => one.clearanceOf(destination.normal).listed),
        home: destination.home,
        may: verdict.verdict !== 'block',
        ...(other !== undefined && { because: becauseOf(other) }),
      };
    }),
    ...(copying !== undefined && { copying }),
    tracked: await isTracked(session, file),
  };
}

/** A classified file is a copy of itself: no news. */
function tellsMore(policy: CompiledPolicy, path: string, { label }: CopyFact): boolean {
  const rank = policy.rank(label);
  return rank < 0 || rank > policy.rank(policy.labelOf(path).label);
}

function whyOf(
  facts: readonly Fact[],
  label: Label,
  own: { readonly label: Label; readonly glob?: string },
  weights: Label | undefined,
  moved: { readonly label: Label; readonly from: string } | undefined,
): PathExplanation['why'] {
  if (own.label === label) {
    return own.glob === undefined ? { kind: 'default' } : { kind: 'marking', glob: own.glob };
  }
  const found = facts.find(({ kind }) => kind === 'weights');
  if (weights === label && found !== undefined) return { kind: 'weights', rule: found.rule };
  return { kind: 'history', path: moved?.from ?? '' };
}

const becauseOf = ({ kind, rule, source }: Finding): string =>
  kind === 'copy' && source !== undefined
    ? `copy of ${source.path}:${source.line}`
    : `${kind}/${rule}`;

function seenOf(fact: Fact): PathExplanation['seen'][number] {
  const { kind, rule } = fact;
  switch (fact.kind) {
    case 'weights':
      return { kind, rule, detail: bytes(fact.payloadBytes) };
    case 'secret': {
      const line = fact.at.line === undefined ? '' : `, line ${fact.at.line}`;
      return { kind, rule, detail: fact.redacted + line };
    }
    case 'executable-model':
      return { kind, rule, detail: fact.detail };
    case 'copy':
      return { kind, rule, detail: `${fact.source.path}:${fact.source.line} (${fact.label})` };
    case 'uninspected':
    case 'opaque':
      return { kind, rule };
  }
}

/** Whether git tracks the file, as the index has it. */
async function isTracked({ repo }: Session, file: string): Promise<boolean> {
  // A bare repository has no index, and no file of its own.
  if (repo.workTree === undefined) return false;
  const answer = await runGit(repo, ['ls-files', '-z', '--', file], {
    env: { GIT_LITERAL_PATHSPECS: '1' },
  });
  return answer.length > 0;
}

/** The policy that gives a path the highest rank: the one that decides. */
function highest(policies: readonly CompiledPolicy[], path: string): CompiledPolicy {
  const ranked = policies.map((one) => ({ one, rank: one.rank(one.labelOf(path).label) }));
  const best = ranked.sort((a, b) => b.rank - a.rank)[0];
  if (best === undefined) throw new CordonError('usage', { problem: 'no-policy' });
  return best.one;
}

function clearance(policies: readonly CompiledPolicy[], normal: string): Label {
  const found = policies.map((one) => ({ label: one.clearanceOf(normal).clearance, one }));
  return found.sort((a, b) => a.one.rank(a.label) - b.one.rank(b.label))[0]?.label ?? '';
}

function inputOf(
  session: Session,
  policies: readonly CompiledPolicy[],
  subject: Subject,
  act: Act,
  destination: Destination | undefined,
): JudgeInput {
  return {
    act,
    ...(destination !== undefined && { destination }),
    policies,
    subjects: [subject],
    coverage: { objects: 1, bytes: 0, notChecked: [] },
    now: session.now(),
    milliseconds: 0,
  };
}

async function destinationsOf(
  session: Session,
): Promise<{ name: string; destination: Destination }[]> {
  const home = await findHome(session);
  const routes = remoteNames(session).map(async (name) => {
    const url = remoteUrl(session, name);
    if (url === undefined) return undefined;
    const { destination } = await resolveDestination({
      url,
      ...(home.url !== undefined && { home: home.url }),
      config: session.config,
      env: session.env,
      cwd: session.repo.dir,
    });
    return { name, destination };
  });
  return (await Promise.all(routes)).filter((one) => one !== undefined);
}

async function factsOf(
  session: Session,
  file: string,
  salt: string,
): Promise<{ facts: readonly Fact[]; size: number }> {
  const stat = statOf(file);
  if (stat === undefined || !stat.isFile()) return { facts: [], size: 0 };
  const copies = await openFreshCopies(session);
  const inspector = createInspector({
    salt,
    deadline: session.deadline,
    lfsStores: lfsStores(session),
    ...(copies !== undefined && { copies }),
  });
  const source = fileSource(file);
  try {
    return { facts: (await inspector.inspectSource(source)).facts, size: stat.size };
  } finally {
    await source.close();
  }
}

async function blobOf({ repo }: Session, file: string): Promise<Oid | undefined> {
  if (statOf(file)?.isFile() !== true) return undefined;
  const answer = await runGit(repo, ['hash-object', '--no-filters', '--', file]);
  return answer.toString('latin1').trim() as Oid;
}

/** What stands at a path, if anything does and can: the name alone is judged otherwise. */
function statOf(file: string) {
  try {
    return lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    // Longer than any path, in a loop of links, below a file: nothing can stand there.
    if (['ENAMETOOLONG', 'ELOOP', 'ENOTDIR'].includes(errnoOf(error))) return undefined;
    throw new CordonError('source.unreadable', { path: file, reason: errnoOf(error) }, error);
  }
}
