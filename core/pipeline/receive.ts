import { join } from 'node:path';
import { normalizeUrl } from '../destination/normalize-url.ts';
import {
  enumeratePush,
  listPaths,
  listReceived,
  parseReceive,
  readObjects,
  runGit,
} from '../git/index.ts';
import { judge } from '../judge/index.ts';
import type { Oid } from '../model.ts';
import { findHome } from './home.ts';
import { indexLabels } from './label-index.ts';
import { isLate, lookAtObjects, type Looked } from './look-at-objects.ts';
import {
  flushQuietly,
  inputFor,
  liftFromHistory,
  nothingLifted,
  type ObjectsAct,
  type There,
} from './objects-act.ts';
import { policyTouchIn } from './policy-touch.ts';
import { choosePushPolicies, saltOf } from './push-policies.ts';
import type { PushOutcome } from './push.ts';
import type { Session } from './session.ts';
import { startLooking } from './start-looking.ts';

/**
 * Judges what a push brings to this server, in pre-receive: exactly the objects that are new here,
 * those that no ref reaches among them, under one verdict for all refs.
 *
 * @param input pre-receive's standard input.
 */
export async function judgeReceive(session: Session, input: Buffer): Promise<PushOutcome> {
  const { repo } = session;
  const updates = parseReceive(input);
  const arriving = updates.filter(({ deletion }) => !deletion);
  const tips = arriving.map(({ newOid }) => newOid);
  // The policy already here counts: its branch has not moved yet.
  const home = await findHome(session);
  const received = await listReceived(repo, updates);
  const { salt } = await saltOf(session, home, tips);
  const looking = await startLooking(session, salt, { copies: true });
  const { inspector, store } = looking;
  const oids = received.objects.filter(({ type }) => type !== 'tree').map(({ oid }) => oid);
  const objects = readObjects(
    repo,
    [oids],
    ({ oid }) => store.get(oid) === undefined && !isLate(session),
  );
  const [looked, entries] = await Promise.all([
    lookAtObjects(session, inspector, store, objects),
    listPaths(repo, received.range),
  ]);
  const chosen = await choosePushPolicies(session, home, tips, entries);
  session.onChosen(chosen, policyTouchIn(entries));
  const labels = await indexLabels(repo, {
    policies: chosen.policies,
    tips,
    dir: join(session.stateDir, 'labels'),
  });
  const destination = destinationHere(session, home.url);
  const act: ObjectsAct = {
    session,
    kind: 'receive',
    destination,
    notes: [],
    // A branch is where a looser policy is put up for review; only home's own may not take it unreviewed.
    chosen: arriving.some(({ ref }) => ref === home.branch) ? chosen : { ...chosen, loosened: [] },
    labels,
    seen: { looked, entries, missing: received.missing },
    refs: arriving.map(({ ref, newOid }) => ({ ref, tip: newOid })),
    ...looking,
  };
  let verdict = judge(await inputFor(act, nothingLifted));
  if (verdict.verdict === 'block') {
    const here = await alreadyHere(session, looked);
    const lifted = await liftFromHistory(act, verdict, here);
    verdict = judge(await inputFor(act, { held: here.held, ...lifted }));
  }
  flushQuietly(store);
  return {
    verdict,
    destination: destination.normal,
    refs: act.refs.map(({ ref, tip }) => ({
      name: ref,
      tip,
      ...(act.refs.length === 1 && { commits: received.commits, objects: looked.size }),
    })),
  };
}

/** This server as laptops name it: `cordon.url`, or else its own folder. */
function destinationHere({ repo }: Session, url: string | undefined) {
  const named = url ?? repo.gitDir;
  return { url: named, normal: normalizeUrl(named, { cwd: repo.dir }), home: true };
}

/** Of what was received, the objects that this server's refs reach: a client may send what is here already. */
async function alreadyHere(
  { repo }: Session,
  candidates: ReadonlyMap<Oid, Looked>,
): Promise<There> {
  const refs = await runGit(repo, ['for-each-ref', '--format=%(objectname)']);
  const tips = refs.toString('latin1').split('\n').filter(Boolean) as Oid[];
  const { objects } = await enumeratePush(repo, { tips, negatives: [] });
  const held = objects.filter(({ oid }) => candidates.has(oid)).map(({ oid }) => oid);
  return { held: new Set(held), tips };
}
