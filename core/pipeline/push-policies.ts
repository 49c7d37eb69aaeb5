import { isZeroOid, runGit, type PathEntry } from '../git/index.ts';
import type { Oid } from '../model.ts';
import {
  choosePolicies,
  parsePolicy,
  type ChosenPolicies,
  type PolicyBytes,
} from '../policy/index.ts';
import type { Home } from './home.ts';
import { askOnce, POLICY_PATH, policyIn, policySources } from './policy-reader.ts';
import type { Session } from './session.ts';

/**
 * The policies that count for what `tips` bring. A tip's own counts where a commit it brings touches the
 * file, or where home has none: a branch that is merely older than home's changes nothing.
 */
export async function choosePushPolicies(
  session: Session,
  home: Home,
  tips: readonly Oid[],
  entries: readonly PathEntry[],
): Promise<ChosenPolicies> {
  const sources = policySources(session, home);
  const touched = entries.some(({ path }) => path.text.toLowerCase() === POLICY_PATH);
  return choosePolicies({
    ...sources,
    async tips() {
      const hasHome = (await sources.home()) !== undefined;
      if (hasHome && !touched) return [];
      const found = new Map<string, { tip: PolicyBytes | 'deleted'; base?: PolicyBytes }>();
      for (const tip of tips) {
        const commit = await peelToCommit(session, tip);
        if (commit === undefined) continue;
        const policy = await policyIn(session, commit, commit.slice(0, 7));
        const base = await policyAtFork(session, home, commit);
        if (policy === undefined && base === undefined) continue;
        if (policy?.hash === base?.hash && hasHome) continue;
        const key = `${policy?.hash ?? ''}>${base?.hash ?? ''}`;
        found.set(key, { tip: policy ?? 'deleted', ...(base !== undefined && { base }) });
      }
      return [...found.values()];
    },
  });
}

/** The policy where a commit's history left home's: what its own changes are measured against. */
async function policyAtFork(
  session: Session,
  home: Home,
  commit: Oid,
): Promise<PolicyBytes | undefined> {
  if (home.tip === undefined) return undefined;
  const tip = home.tip;
  const answer = await askOnce(session, `fork of ${tip} ${commit}`, () =>
    runGit(session.repo, ['merge-base', tip, commit], { okCodes: [1, 128] }),
  );
  const fork = answer.toString('latin1').trim().split('\n')[0] ?? '';
  return policyIn(session, (fork === '' ? home.tip : fork) as Oid, home.name);
}

export async function peelToCommit(session: Session, oid: Oid): Promise<Oid | undefined> {
  if (isZeroOid(oid)) return undefined;
  const answer = await askOnce(session, `commit of ${oid}`, () =>
    runGit(session.repo, ['rev-parse', '--verify', '--quiet', `${oid}^{commit}`], {
      okCodes: [1, 128],
    }),
  );
  return (answer.toString('latin1').trim() || undefined) as Oid | undefined;
}

/**
 * What has to be known of the policy before anything is looked at: the salt of fingerprints, and
 * whether the destination may be asked. Home's where it parses, else the first tip's.
 */
export async function saltOf(
  session: Session,
  home: Home,
  tips: readonly Oid[],
): Promise<{ readonly salt: string; readonly mayConnect: boolean }> {
  const sources = policySources(session, home);
  const candidates: (PolicyBytes | undefined)[] = [sources.explicit, await sources.home()];
  for (const tip of tips.slice(0, 1)) {
    const commit = await peelToCommit(session, tip);
    if (commit !== undefined) candidates.push(await policyIn(session, commit, 'tip'));
  }
  let mayConnect = true;
  let salt: string | undefined;
  for (const file of [await sources.organisation(), ...candidates]) {
    if (file === undefined) continue;
    try {
      const policy = parsePolicy(file.bytes, file.file);
      mayConnect &&= policy.contactDestinations;
      if (policy.secrets.salt !== '') salt ??= policy.secrets.salt;
    } catch {
      // Which file is broken, and where, is told when the policies are chosen.
    }
  }
  return { salt: salt ?? '', mayConnect };
}
