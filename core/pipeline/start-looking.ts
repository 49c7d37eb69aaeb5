import { join } from 'node:path';
import type { NotChecked } from '../model.ts';
import { openFreshCopies } from './copies.ts';
import { createInspector, type Inspector } from './inspector.ts';
import { openKeptFacts, type KeptFacts } from './kept-facts.ts';
import { lfsStores } from './lfs-stores.ts';
import type { Session } from './session.ts';
import { sweepFacts } from './sweep-facts.ts';

/** What an act looks at objects with. */
export interface Looking {
  readonly inspector: Inspector;
  readonly store: KeptFacts;
  /** What could not be looked for at all. */
  readonly gaps: readonly NotChecked[];
}

/** Makes ready to look at an act's objects. A commit judges no copies, and looks for none. */
export async function startLooking(
  session: Session,
  salt: string,
  { copies }: { readonly copies: boolean },
): Promise<Looking> {
  const here = copies ? await openFreshCopies(session) : undefined;
  const inspector = createInspector({
    salt,
    deadline: session.deadline,
    lfsStores: lfsStores(session),
    ...(here !== undefined && { copies: here }),
  });
  const dir = join(session.stateDir, 'facts');
  const { key, copiesKey } = inspector;
  sweepFacts(dir, copiesKey === undefined ? [key] : [key, copiesKey]);
  return {
    inspector,
    store: openKeptFacts(dir, inspector),
    gaps: here?.gaps ?? [],
  };
}
