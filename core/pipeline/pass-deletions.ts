import { resolveDestination } from '../destination/resolve-destination.ts';
import { CordonError } from '../error.ts';
import { findHome } from './home.ts';
import { choosePushPolicies } from './push-policies.ts';
import type { PushOutcome } from './push.ts';
import type { Session } from './session.ts';

/**
 * The outcome of a push that only takes refs away: it brings nothing, so nothing is judged and nothing
 * stops it, but where it goes and which policies count is worth recording.
 */
export async function passDeletions(session: Session, url: string): Promise<PushOutcome> {
  const home = await findHome(session);
  const { destination } = await resolveDestination({
    url,
    ...(home.url !== undefined && { home: home.url }),
    config: session.config,
    env: session.env,
    cwd: session.repo.dir,
  });
  const policies = await policiesFor(session, home);
  return {
    verdict: {
      schema: 1,
      act: 'push',
      verdict: 'allow',
      policies: policies.map(({ source, hash }) => ({ source, hash })),
      findings: [],
      coverage: { objects: 0, bytes: 0, notChecked: [] },
      milliseconds: Math.round(performance.now() - session.started),
    },
    destination: destination.normal,
    refs: [],
  };
}

async function policiesFor(session: Session, home: Awaited<ReturnType<typeof findHome>>) {
  try {
    const chosen = await choosePushPolicies(session, home, [], []);
    session.onChosen(chosen);
    return chosen.policies;
  } catch (error) {
    // A policy that is broken stops what brings something, and is told there.
    if (error instanceof CordonError && error.code.startsWith('policy.')) return [];
    throw error;
  }
}
