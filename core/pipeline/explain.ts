import { lstatSync } from 'node:fs';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { CordonError } from '../error.ts';
import { resolveDestination } from '../destination/resolve-destination.ts';
import { runGit } from '../git/index.ts';
import { judge, type JudgeInput, type Subject } from '../judge/index.ts';
import type { Act, Decision, Destination, Fact, Label, Oid, RepoPath } from '../model.ts';
import type { CompiledPolicy } from '../policy/index.ts';
import { fileSource } from '../source/index.ts';
import { findHome, remoteNames, remoteUrl } from './home.ts';
import { createInspector } from './inspector.ts';
import { indexLabels } from './label-index.ts';
import { lfsStores } from './lfs-stores.ts';
import { choosePoliciesAtRest } from './scan.ts';
import type { Session } from './session.ts';
import { factsAt } from './subjects.ts';

/** Why a path has the label it has, and what follows. */
export interface PathExplanation {
  readonly path: string;
  readonly label: Label;
  readonly marking?: { readonly label: Label; readonly glob: string };
  readonly unmarked?: Label;
  readonly moved?: { readonly label: Label; readonly from: string };
  readonly weightsLabel?: Label;
  readonly facts: readonly Fact[];
  readonly may: {
    readonly commit: Decision;
    readonly destinations: readonly {
      readonly url: string;
      readonly clearance: Label;
      readonly push: Decision;
    }[];
    readonly unlisted: Decision;
  };
  readonly policies: readonly string[];
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
  const { policies } = await choosePoliciesAtRest(session);
  const strictest = highest(policies, path);
  const salt = policies.find(({ policy }) => policy.secrets.salt !== '')?.policy.secrets.salt ?? '';
  const { facts, size } = await factsOf(session, file, salt);
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
  const decide = (act: Act, destination?: Destination): Decision =>
    judge(inputOf(session, policies, subject, act, destination)).verdict;
  const { policy } = strictest;
  const rank = (label: Label) => strictest.rank(label);
  const own = strictest.labelOf(path);
  const moved = elsewhere
    .map(({ text }) => ({ label: strictest.labelOf(text).label, from: text as string }))
    .sort((a, b) => rank(b.label) - rank(a.label))[0];
  const weights = subject.facts.some(({ kind }) => kind === 'weights')
    ? policy.weights.label
    : undefined;
  const all = [own.label, moved?.label, weights].filter((label) => label !== undefined);
  return {
    path,
    label: all.sort((a, b) => rank(b) - rank(a))[0] ?? own.label,
    ...(own.glob === undefined
      ? { unmarked: own.label }
      : { marking: { label: own.label, glob: own.glob } }),
    ...(moved !== undefined && rank(moved.label) > rank(own.label) && { moved }),
    ...(weights !== undefined && { weightsLabel: weights }),
    facts: subject.facts.filter(({ kind }) => kind !== 'opaque'),
    may: {
      commit: decide('commit'),
      destinations: await Promise.all(
        (await destinationsOf(session)).map(async (destination) => ({
          url: destination.url,
          clearance: clearance(policies, destination.normal),
          push: decide('push', destination),
        })),
      ),
      unlisted: decide('push', { url: 'unlisted', normal: 'helper:unlisted', home: false }),
    },
    policies: policies.map(({ source, hash }) => `${source} (${hash.slice(0, 14)})`),
  };
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

async function destinationsOf(session: Session): Promise<Destination[]> {
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
    return { ...destination, url: `${name} (${destination.url})` };
  });
  return (await Promise.all(routes)).filter((one) => one !== undefined);
}

async function factsOf(
  session: Session,
  file: string,
  salt: string,
): Promise<{ facts: readonly Fact[]; size: number }> {
  const stat = lstatSync(file, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile()) return { facts: [], size: 0 };
  const inspector = createInspector({
    salt,
    deadline: session.deadline,
    lfsStores: lfsStores(session),
  });
  const source = fileSource(file);
  try {
    return { facts: (await inspector.inspectSource(source)).facts, size: stat.size };
  } finally {
    await source.close();
  }
}

async function blobOf({ repo }: Session, file: string): Promise<Oid | undefined> {
  if (lstatSync(file, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const answer = await runGit(repo, ['hash-object', '--no-filters', '--', file]);
  return answer.toString('latin1').trim() as Oid;
}
