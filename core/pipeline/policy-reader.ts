import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { CordonError } from '../error.ts';
import type { Oid } from '../model.ts';
import { readObjects, runGit, treeEntry } from '../git/index.ts';
import { MAX_POLICY_BYTES, type PolicyBytes, type PolicySources } from '../policy/index.ts';
import type { Home } from './home.ts';
import { readPolicyFile } from './read-policy-file.ts';
import type { Session } from './session.ts';

export const POLICY_PATH = '.cordon/policy.yaml';

/** Where an administrator puts the organisation's policy; only they can write there. */
const ORGANISATION_POLICY = '/etc/cordon/policy.yaml';

function policyBytes(bytes: Buffer, file: string): PolicyBytes {
  return { bytes, file, hash: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

/**
 * The organisation's policy. Where none is installed on the machine, CORDON_ORGANISATION_POLICY may name
 * one: policies are judged each alone, so that one more can only make an act stricter.
 */
export async function readOrganisationPolicy(
  env: Session['env'],
): Promise<PolicyBytes | undefined> {
  const named = env['CORDON_ORGANISATION_POLICY'];
  for (const file of [ORGANISATION_POLICY, named]) {
    if (file === undefined || file === '') continue;
    const bytes = await readPolicyFile(file);
    if (bytes !== undefined) return policyBytes(bytes, file);
  }
  return undefined;
}

/** A policy that a person named: it must be there. Throws CordonError `policy.unreadable`. */
export async function namedPolicy(file: string): Promise<PolicyBytes> {
  const bytes = await readPolicyFile(file);
  if (bytes === undefined)
    throw new CordonError('policy.unreadable', { path: file, reason: 'ENOENT' });
  return policyBytes(bytes, file);
}

/** The policy file as it lies in the work tree. */
export async function policyAtWork({ repo }: Session): Promise<PolicyBytes | undefined> {
  if (repo.workTree === undefined) return undefined;
  const bytes = await readPolicyFile(join(repo.workTree, POLICY_PATH), POLICY_PATH);
  return bytes && policyBytes(bytes, POLICY_PATH);
}

/**
 * What stands at an object id never changes, and an act asks for the same few ids again and again; each
 * asking is a git process or three, which in a small push is most of the time it takes.
 */
const asked = new WeakMap<Session, Map<string, Promise<unknown>>>();

/** The answer of `ask` for `key`, asked once in an act. `key` names an object id and what is asked of it. */
export function askOnce<T>(session: Session, key: string, ask: () => Promise<T>): Promise<T> {
  const answers = asked.get(session) ?? new Map<string, Promise<unknown>>();
  asked.set(session, answers);
  const known = answers.get(key) as Promise<T> | undefined;
  const answer = known ?? ask();
  answers.set(key, answer);
  return answer;
}

/** The policy file in a commit's tree. `name` is how the commit is named to people. */
export async function policyIn(
  session: Session,
  commit: Oid,
  name: string,
): Promise<PolicyBytes | undefined> {
  const entry = await askOnce(session, `policy in ${commit}`, () =>
    treeEntry(session.repo, commit, POLICY_PATH),
  );
  if (entry === undefined) return undefined;
  return policyBlob(session, entry.oid, `${POLICY_PATH} in ${name}`);
}

/** A policy file by its blob. */
export async function policyBlob(
  session: Session,
  oid: Oid,
  file: string,
): Promise<PolicyBytes | undefined> {
  const bytes = await askOnce(session, `blob ${oid}`, () => readBlob(session, oid));
  return bytes === undefined ? undefined : policyBytes(bytes, file);
}

async function readBlob({ repo }: Session, oid: Oid): Promise<Buffer | undefined> {
  for await (const object of readObjects(repo, [[oid]])) {
    if ('missing' in object || object.type !== 'blob') continue;
    // Larger than git hands out in memory is larger than a policy may be: read as such, and refused.
    return object.bytes ?? Buffer.alloc(object.size > 0 ? MAX_POLICY_BYTES + 1 : 0);
  }
  return undefined;
}

/** Everything but the tips, which each act brings its own way. */
export function policySources(session: Session, home: Home): Omit<PolicySources, 'tips'> {
  return {
    ...(session.policy !== undefined && { explicit: session.policy }),
    organisation: () => readOrganisationPolicy(session.env),
    home: async () => (home.tip === undefined ? undefined : policyIn(session, home.tip, home.name)),
    homeAncestors: () => earlierPolicies(session, home),
  };
}

async function* earlierPolicies(session: Session, home: Home): AsyncGenerator<PolicyBytes> {
  if (home.tip === undefined) return;
  const commits = await runGit(session.repo, ['rev-list', home.tip, '--', POLICY_PATH]);
  for (const commit of commits.toString('latin1').split('\n').filter(Boolean)) {
    const policy = await policyIn(session, commit as Oid, commit.slice(0, 7));
    if (policy !== undefined) yield policy;
  }
}
