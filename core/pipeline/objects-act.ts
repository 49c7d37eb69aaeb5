import type { RouteNote } from '../destination/resolve-destination.ts';
import { isZeroOid, readObjects, type PathEntry } from '../git/index.ts';
import type { JudgeInput, Subject } from '../judge/index.ts';
import type {
  Act,
  Destination,
  NotChecked,
  Oid,
  PathName,
  RefName,
  RepoPath,
  Verdict,
} from '../model.ts';
import type { ChosenPolicies } from '../policy/index.ts';
import { describeBrokenPolicy } from './broken-policy.ts';
import type { FactsStore } from './facts-store.ts';
import type { Inspector } from './inspector.ts';
import type { LabelIndex } from './label-index.ts';
import { lookAtObjects, type Looked } from './look-at-objects.ts';
import type { Session } from './session.ts';
import { coverageOf, nameSubjects, objectSubjects, placesOf } from './subjects.ts';

/** What an act brings, looked at. */
export interface Seen {
  readonly looked: ReadonlyMap<Oid, Looked>;
  readonly entries: readonly PathEntry[];
  /** Objects that the act names and that are not here. */
  readonly missing: readonly Oid[];
}

/** One act of moving git objects, ready to be judged. */
export interface ObjectsAct {
  readonly session: Session;
  readonly kind: Extract<Act, 'commit' | 'push' | 'receive' | 'scan'>;
  readonly destination?: Destination;
  readonly notes: readonly RouteNote[];
  readonly chosen: ChosenPolicies;
  readonly labels?: LabelIndex;
  readonly seen: Seen;
  /** The refs it moves, each with what it will point at. */
  readonly refs: readonly { readonly ref: RefName; readonly tip: Oid }[];
  readonly inspector: Inspector;
  readonly store: FactsStore;
}

/** What lifts a block, once it is known. */
export interface Lifted {
  /** Objects that the destination is proven to hold. */
  readonly held: ReadonlySet<Oid>;
  /** Values of secrets that the destination has in an earlier version of the same content. */
  readonly knownSecrets: ReadonlyMap<Oid, ReadonlySet<string>>;
  /** Content that stood under an unmarked name beside every marked one. */
  readonly bornUnmarked: ReadonlySet<Oid>;
}

export const nothingLifted: Lifted = {
  held: new Set(),
  knownSecrets: new Map(),
  bornUnmarked: new Set(),
};

/** The act in the judge's terms. */
export async function inputFor(act: ObjectsAct, lifted: Lifted): Promise<JudgeInput> {
  const { session, chosen, labels, seen, inspector, destination } = act;
  const subjects: Subject[] = [
    ...objectSubjects({
      looked: seen.looked,
      places: placesOf(seen.entries),
      ...(labels !== undefined && { labels }),
      ...lifted,
    }),
    ...(await nameSubjects(inspector, namesOf(act))),
  ];
  const missing: NotChecked[] = seen.missing
    // A partial clone may lack what the destination is proven to have: it does not leave with this push.
    .filter((oid) => !seen.looked.has(oid) && !lifted.held.has(oid))
    .map((oid) => ({ what: oid, rule: 'missing', object: oid }));
  const brokenTipPolicy = describeBrokenPolicy(chosen.brokenTip);
  return {
    act: act.kind,
    ...(destination !== undefined && { destination }),
    destinationNotes: act.notes,
    policies: chosen.policies,
    subjects,
    loosened: chosen.loosened,
    ...(brokenTipPolicy !== undefined && { brokenTipPolicy }),
    coverage: coverageOf(seen.looked.values(), missing),
    now: session.now(),
    milliseconds: Math.round(performance.now() - session.started),
  };
}

/** The names that an act publishes: paths, and the refs themselves. */
function* namesOf({ seen, refs }: ObjectsAct): Generator<Subject['places'][number]> {
  for (const { path, commit, deleted } of seen.entries) {
    if (deleted !== true) yield { path, ...(commit !== undefined && { commit }) };
  }
  for (const { ref } of refs) {
    const path: PathName = { text: ref as string as RepoPath };
    yield { path, ref };
  }
}

/** How many earlier versions are looked at for a value that the destination may already have. */
const MOST_EARLIER = 2000;

/**
 * What the repository itself can say about a block: values of secrets that stood there before, and
 * content that is called classified only because a marked name has it too.
 */
export async function liftFromHistory(
  act: ObjectsAct,
  verdict: Verdict,
  held: Lifted['held'] = nothingLifted.held,
): Promise<Omit<Lifted, 'held'>> {
  const { labels } = act;
  const bornUnmarked = new Set<Oid>();
  const withSecrets: Oid[] = [];
  for (const { kind, rule, object, severity } of verdict.findings) {
    if (severity !== 'block' || object === undefined) continue;
    const oid = object as Oid;
    if (kind === 'secret') withSecrets.push(oid);
    if (kind !== 'label' || rule !== 'moved' || labels === undefined) continue;
    if (await labels.bornUnmarked(oid)) bornUnmarked.add(oid);
  }
  if (withSecrets.length === 0) return { knownSecrets: new Map(), bornUnmarked };
  const values = await valuesThereBefore(act, held);
  return { knownSecrets: new Map(withSecrets.map((oid) => [oid, values])), bornUnmarked };
}

async function valuesThereBefore(
  { session, inspector, store, seen }: ObjectsAct,
  held: ReadonlySet<Oid>,
): Promise<ReadonlySet<string>> {
  // The old sides of what changed: what is not itself new is at the destination.
  const earlier = new Set<Oid>();
  for (const { oldOids } of seen.entries) {
    for (const oid of oldOids) if (!seen.looked.has(oid) && !isZeroOid(oid)) earlier.add(oid);
  }
  const some = [...earlier].slice(0, MOST_EARLIER);
  const before = await lookAtObjects(session, inspector, store, readObjects(session.repo, [some]));
  const values = new Set<string>();
  // Where the destination's tip is not in the clone, all looks new until it has been asked.
  const there = [...held].flatMap((oid) => seen.looked.get(oid) ?? []);
  for (const { inspection } of [...before.values(), ...there]) {
    for (const fact of inspection.facts) if (fact.kind === 'secret') values.add(fact.fingerprint);
  }
  return values;
}

/** Keeps facts for the next time. A read-only or full disk costs the next act its speed, no more. */
export function flushQuietly(store: FactsStore): void {
  try {
    store.flush();
  } catch {
    // Nothing to say: what was judged was judged on what was seen.
  }
}
