import { choosePolicies, type ChosenPolicies } from '../policy/index.ts';
import { findHome } from './home.ts';
import { policyAtWork, policySources } from './policy-reader.ts';
import type { Session } from './session.ts';

/**
 * Policies of content at rest: the organisation's, and home's or, where home has none, the work tree's.
 * Throws what is wrong with one: content must not pass for clean by the built-in policy instead.
 */
export async function choosePoliciesAtRest(session: Session): Promise<ChosenPolicies> {
  const sources = policySources(session, await findHome(session));
  const chosen = await choosePolicies({
    ...sources,
    tips: async () => {
      if ((await sources.home()) !== undefined || sources.explicit !== undefined) return [];
      const atWork = await policyAtWork(session);
      return atWork === undefined ? [] : [{ tip: atWork }];
    },
  });
  if (chosen.brokenTip !== undefined) throw chosen.brokenTip;
  return chosen;
}
