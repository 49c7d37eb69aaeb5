import { join } from 'node:path';
import { CordonError } from '../error.ts';
import { resolveDestination } from '../destination/resolve-destination.ts';
import {
  findPresent,
  isZeroOid,
  listPaths,
  lsRemote,
  parsePrePush,
  proveHeld,
  provableTips,
  streamPush,
  trustsRemoteOids,
  type RefUpdate,
  type RemoteRef,
} from '../git/index.ts';
import { judge } from '../judge/index.ts';
import type { Coverage, Oid, Verdict } from '../model.ts';
import { findHome, type Home } from './home.ts';
import { indexLabels } from './label-index.ts';
import { isLate, lookAtObjects } from './look-at-objects.ts';
import {
  flushQuietly,
  inputFor,
  liftFromHistory,
  nothingLifted,
  type ObjectsAct,
  type Seen,
} from './objects-act.ts';
import { policyTouchIn } from './policy-touch.ts';
import { choosePushPolicies, saltOf } from './push-policies.ts';
import type { Session } from './session.ts';
import { startLooking, type Looking } from './start-looking.ts';

export interface PushRequest {
  readonly remoteName: string;
  /** As git gives it to pre-push: rewritten already. */
  readonly url: string;
  /** pre-push's standard input. */
  readonly input: Buffer;
}

export interface PushOutcome {
  readonly verdict: Verdict;
  /** Where it goes, in its normal form. */
  readonly destination: string;
  readonly refs: readonly {
    readonly name: string;
    readonly tip: string;
    readonly commits?: number;
    readonly objects?: number;
  }[];
}

/** A connection of our own may take this long: git holds its own open meanwhile. */
const CONNECT_MS = 20_000;

/**
 * Judges a push before anything leaves: every object that is new to the destination, whatever the
 * local refs say.
 */
export async function judgePush(session: Session, request: PushRequest): Promise<PushOutcome> {
  // 1. What git is about to publish: every line of its input, deletions aside.
  const updates = parsePrePush(request.input).filter(({ deletion }) => !deletion);
  // 2. Where it goes, by the URL that git will use.
  const home = await findHome(session);
  const route = await resolveDestination({
    url: request.url,
    ...(home.url !== undefined && { home: home.url }),
    config: session.config,
    env: session.env,
    cwd: session.repo.dir,
  });
  const known = await homeByGitsWord(session, home, route.destination.home, updates);
  // 3. What is there already, by git's own word; asked of the destination only for a new ref.
  const salt = await saltOf(
    session,
    known,
    updates.map(({ localOid }) => localOid),
  );
  const asker = createAsker(session, request, salt.mayConnect);
  const negatives = await knownThere(updates, asker);
  // 4. Everything else, looked at.
  const tips = updates.map(({ localOid }) => localOid);
  const looking = await startLooking(session, salt.salt, { copies: true });
  const { store } = looking;
  const seen = await look(session, looking, { tips, negatives });
  const chosen = await choosePushPolicies(session, known, tips, seen.entries);
  session.onChosen(chosen, policyTouchIn(seen.entries));
  const labels = await indexLabels(session.repo, {
    policies: chosen.policies,
    tips,
    dir: join(session.stateDir, 'labels'),
  });
  // 5. The verdict; and before one that blocks, the destination's own word on what it already has.
  const act: ObjectsAct = {
    session,
    kind: 'push',
    destination: route.destination,
    notes: route.notes,
    chosen,
    labels,
    seen,
    refs: updates.map(({ remoteRef, localOid }) => ({ ref: remoteRef, tip: localOid })),
    ...looking,
  };
  let verdict = judge(await inputFor(act, nothingLifted));
  if (verdict.verdict === 'block') {
    // All of them, not those that the findings name: one finding stands for every version of a file.
    const candidates = [...seen.looked.keys(), ...seen.missing];
    const tipsThere = provableTips((await asker.advertised()) ?? []);
    const held = await asker.prove(tipsThere, candidates);
    const there = { held, tips: [...tipsThere, ...negatives] };
    verdict = judge(await inputFor(act, { held, ...(await liftFromHistory(act, verdict, there)) }));
    if (verdict.verdict === 'block' && asker.notAsked !== undefined) {
      verdict = { ...verdict, coverage: { ...verdict.coverage, notAsked: asker.notAsked } };
    }
  }
  flushQuietly(store);
  return {
    verdict,
    destination: route.destination.normal,
    refs: act.refs.map(({ ref, tip }) => ({
      name: ref,
      tip,
      ...(updates.length === 1 && { commits: seen.commits, objects: seen.looked.size }),
    })),
  };
}

/** Where the default branch itself is pushed, git says what the destination has there. */
async function homeByGitsWord(
  session: Session,
  home: Home,
  isHome: boolean,
  updates: readonly RefUpdate[],
): Promise<Home> {
  if (!isHome || !trustsRemoteOids(updates)) return home;
  const update = updates.find(({ remoteRef }) => remoteRef === home.branch);
  if (update === undefined || isZeroOid(update.remoteOid)) return home;
  // A tip that a colleague moved is not in this clone: then what was last fetched is all there is.
  if (!(await findPresent(session.repo, [update.remoteOid])).has(update.remoteOid)) return home;
  return { ...home, tip: update.remoteOid };
}

interface Asker {
  /** Asks at most once. Undefined where it may not, or the destination did not answer. */
  advertised(): Promise<readonly RemoteRef[] | undefined>;
  prove(tips: readonly Oid[], candidates: readonly Oid[]): Promise<ReadonlySet<Oid>>;
  /** Why what the destination has is not, or not all, known. */
  readonly notAsked: Coverage['notAsked'];
}

function createAsker(session: Session, request: PushRequest, mayConnect: boolean): Asker {
  const { repo, env } = session;
  const isOffline = !mayConnect || Boolean(env['CORDON_OFFLINE']);
  const address = {
    url: request.url,
    ...(request.remoteName !== request.url && { remoteName: request.remoteName }),
    timeoutMs: CONNECT_MS,
  };
  let answer: Promise<readonly RemoteRef[] | undefined> | undefined;
  let notAsked: Coverage['notAsked'] = isOffline ? 'forbidden' : undefined;
  return {
    get notAsked() {
      return notAsked;
    },
    advertised() {
      if (isOffline) return Promise.resolve(undefined);
      answer ??= lsRemote(repo, address).catch((error: unknown) => {
        if (!(error instanceof CordonError)) throw error;
        // Not to know what is there only means to judge more: the push itself will say what is wrong.
        notAsked = 'no-answer';
        return undefined;
      });
      return answer;
    },
    async prove(tips, candidates) {
      if (isOffline || candidates.length === 0 || tips.length === 0) return new Set<Oid>();
      const { held, proven } = await proveHeld(repo, { ...address, tips, candidates });
      if (!proven) notAsked = 'no-answer';
      return held;
    },
  };
}

async function knownThere(updates: readonly RefUpdate[], asker: Asker): Promise<readonly Oid[]> {
  const trusted = trustsRemoteOids(updates);
  const said = trusted
    ? updates.map(({ remoteOid }) => remoteOid).filter((oid) => !isZeroOid(oid))
    : [];
  const isNew = updates.some(({ remoteOid }) => isZeroOid(remoteOid));
  if (!isNew && trusted) return said;
  const advertised = await asker.advertised();
  return [...said, ...provableTips(advertised ?? [])];
}

async function look(
  session: Session,
  { inspector, store }: Looking,
  range: { readonly tips: readonly Oid[]; readonly negatives: readonly Oid[] },
): Promise<Seen & { readonly commits: number }> {
  const { repo } = session;
  const stream = streamPush(repo, range, (oid) => store.get(oid) !== undefined || isLate(session));
  // Paths come from another pair of git processes, while this one inspects.
  const [looked, entries] = await Promise.all([
    lookAtObjects(session, inspector, store, stream.objects),
    listPaths(repo, range),
  ]);
  const { missing, newCommits } = stream.summary();
  return { looked, entries, missing, commits: newCommits.length };
}
