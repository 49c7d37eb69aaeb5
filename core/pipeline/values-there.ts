import { findPaths, isZeroOid, readObjects } from '../git/index.ts';
import type { Finding, Oid } from '../model.ts';
import { lookAtObjects, type Looked } from './look-at-objects.ts';
import type { ObjectsAct, There } from './objects-act.ts';

/** How many earlier versions are looked at for a value that the destination may already have. */
const MOST_EARLIER = 2000;

/**
 * Fingerprints of the secrets and copies that the place an act goes to has already: in the old sides of what
 * changes, in what is proven to be there, and, for one that neither explains, in all the
 * versions that its own branches have of the file.
 */
export async function valuesThereBefore(
  act: ObjectsAct,
  found: readonly Finding[],
  { held, tips }: There,
): Promise<ReadonlySet<string>> {
  const values = new Set<string>();
  if (found.length === 0) return values;
  const { looked, entries } = act.seen;
  // Where the destination's tip is not in the clone, all looks new until it has been asked.
  take(
    values,
    [...held].flatMap((oid) => looked.get(oid) ?? []),
  );
  // An old side that is not itself new is there.
  const isOld = (oid: Oid) => !looked.has(oid) && !isZeroOid(oid);
  await lookAtEarlier(
    act,
    new Set(entries.flatMap(({ oldOids }) => oldOids.filter(isOld))),
    values,
  );
  const unexplained = found.filter(({ fingerprint }) => !values.has(fingerprint));
  const paths = new Set(
    unexplained.flatMap(({ path, pathBytes }) => (pathBytes === undefined ? (path ?? []) : [])),
  );
  if (paths.size > 0 && tips.length > 0) {
    await lookAtEarlier(act, await versionsOf(act, tips, [...paths]), values);
  }
  return values;
}

/** The blobs that the history of `tips` has at `paths`. A cherry-pick adapts a file of another branch. */
async function versionsOf(
  { session, seen }: ObjectsAct,
  tips: readonly Oid[],
  paths: readonly string[],
): Promise<Set<Oid>> {
  const versions = new Set<Oid>();
  for await (const found of findPaths(session.repo, { tips, prefixes: paths })) {
    for (const { oid } of found) if (!seen.looked.has(oid)) versions.add(oid);
  }
  return versions;
}

async function lookAtEarlier(
  { session, inspector, store }: ObjectsAct,
  oids: ReadonlySet<Oid>,
  values: Set<string>,
): Promise<void> {
  const some = [...oids].slice(0, MOST_EARLIER);
  const objects = readObjects(session.repo, [some], ({ oid }) => store.get(oid) === undefined);
  take(values, (await lookAtObjects(session, inspector, store, objects)).values());
}

function take(values: Set<string>, looked: Iterable<Looked>): void {
  for (const { inspection } of looked) {
    for (const fact of inspection.facts) {
      if (fact.kind === 'secret' || fact.kind === 'copy') values.add(fact.fingerprint);
    }
  }
}
