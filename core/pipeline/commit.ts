import { isZeroOid, listStaged, readObjects, type PathEntry, runGit } from '../git/index.ts';
import { judge } from '../judge/index.ts';
import type { Oid, Verdict } from '../model.ts';
import { choosePolicies } from '../policy/index.ts';
import { followCode } from './copies.ts';
import { findHome } from './home.ts';
import { isLate, lookAtObjects } from './look-at-objects.ts';
import {
  flushQuietly,
  inputFor,
  liftFromHistory,
  nothingLifted,
  type ObjectsAct,
} from './objects-act.ts';
import { withoutMerged } from './merged-parents.ts';
import { policyTouchIn } from './policy-touch.ts';
import { POLICY_PATH, policyBlob, policySources } from './policy-reader.ts';
import { saltOf } from './push-policies.ts';
import type { Session } from './session.ts';
import { startLooking } from './start-looking.ts';

/**
 * Judges what the index is about to commit, read through the inherited GIT_INDEX_FILE.
 *
 * @param kind `commit` for the hook, `scan` where a person only asks.
 */
export async function judgeCommit(
  session: Session,
  kind: 'commit' | 'scan' = 'commit',
): Promise<Verdict> {
  const { repo } = session;
  const home = await findHome(session);
  const entries = await withoutMerged(session, await listStaged(repo));
  const head = home.tip === undefined ? [] : [home.tip];
  const { salt } = await saltOf(session, home, head);
  const looking = await startLooking(session, salt, { copies: kind === 'scan' });
  const { inspector, store } = looking;
  const oids = stagedBlobs(entries);
  const objects = readObjects(
    repo,
    [oids],
    ({ oid }) => store.get(oid) === undefined && !isLate(session),
  );
  const looked = await lookAtObjects(session, inspector, store, objects);
  const policy = entries.find(({ path, deleted }) => path.text === POLICY_PATH && deleted !== true);
  const chosen = await choosePolicies({
    ...policySources(session, home),
    tips: async () => {
      const oid = policy?.oid ?? (home.tip === undefined ? await stagedPolicy(session) : undefined);
      if (oid === undefined) return [];
      const tip = await policyBlob(session, oid, POLICY_PATH);
      return tip === undefined ? [] : [{ tip }];
    },
  });
  session.onChosen(chosen, policyTouchIn(entries));
  const act: ObjectsAct = {
    session,
    kind,
    notes: [],
    chosen,
    seen: { looked, entries, missing: [] },
    refs: [],
    ...looking,
  };
  let verdict = judge(await inputFor(act, nothingLifted));
  if (verdict.verdict === 'block') {
    const lifted = await liftFromHistory(act, verdict);
    verdict = judge(await inputFor(act, { ...nothingLifted, ...lifted }));
  }
  flushQuietly(store);
  // What is committed here now must be known in the other repositories of this machine.
  if (kind === 'commit') await followCode(session);
  return verdict;
}

/** The policy as the index has it: what counts while home has none. */
async function stagedPolicy({ repo }: Session): Promise<Oid | undefined> {
  const listed = await runGit(repo, ['ls-files', '--stage', '-z', '--', POLICY_PATH]);
  return /^\d+ ([0-9a-f]{40,64}) 0\t/.exec(listed.toString('latin1'))?.[1] as Oid | undefined;
}

const SUBMODULE = '160000';

function stagedBlobs(entries: readonly PathEntry[]): Oid[] {
  const blobs = entries
    .filter(({ oid, deleted, mode }) => deleted !== true && mode !== SUBMODULE && !isZeroOid(oid))
    .map(({ oid }) => oid);
  return [...new Set(blobs)];
}
