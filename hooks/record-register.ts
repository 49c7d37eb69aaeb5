import type { NewEvent } from '../core/audit/index.ts';
import type { Label } from '../core/model.ts';
import { choosePoliciesAtRest, type OnChosen, type Session } from '../core/pipeline/index.ts';
import { renderError } from '../core/report/index.ts';
import type { Parsed } from './arguments.ts';
import { messagesOf } from './output.ts';
import { recordEvents } from './record-gaps.ts';

type Chosen = Parameters<OnChosen>[0];

/** What was done with an index of copies. */
export interface Registration {
  readonly how: 'registered' | 'rotated' | 'exported' | 'imported' | 'checked';
  /** Further words, such as what an export can be opened with. */
  readonly words?: readonly string[];
  /** The file it came from. */
  readonly path?: string;
  /** The file it went to. */
  readonly to?: string;
  readonly labels: readonly Label[];
  readonly data: NonNullable<NewEvent['data']>;
}

/** Records it. What was done is done, so a record that cannot be written is told, no more. */
export async function recordRegistration(
  parsed: Parsed,
  session: Session | undefined,
  { how, words = [], path, to, labels, data }: Registration,
): Promise<void> {
  const chosen =
    session === undefined
      ? undefined
      : // A policy that is broken is told by whoever needs it.
        await choosePoliciesAtRest(session).catch(() => undefined);
  const label = highest(labels, chosen);
  const event: NewEvent = {
    kind: 'register',
    ...(path !== undefined && { path }),
    ...(to !== undefined && { to }),
    ...(label !== undefined && { label }),
    circumstances: [how, ...words],
    data,
  };
  const failure = await recordEvents([event], session, chosen);
  if (failure !== undefined) {
    process.stderr.write(`${renderError(failure, 'terminal', messagesOf(parsed))}\n`);
  }
}

/** By the policies that count here; an index that another repository made may name labels of its own. */
function highest(labels: readonly Label[], chosen: Chosen | undefined): Label | undefined {
  const rank = (label: Label) =>
    Math.max(-1, ...(chosen?.policies ?? []).map((policy) => policy.rank(label)));
  return [...new Set(labels)].sort((a, b) => rank(b) - rank(a))[0];
}
