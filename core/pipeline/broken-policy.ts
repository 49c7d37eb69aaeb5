import type { CordonError } from '../error.ts';
import { describeError } from '../messages/index.ts';

/** The sentence about a policy in the act that does not parse. English, as all of a verdict. */
export function describeBrokenPolicy(error: CordonError | undefined): string | undefined {
  return error === undefined ? undefined : describeError(error);
}
