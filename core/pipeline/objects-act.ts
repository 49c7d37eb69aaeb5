import type { RouteNote } from '../destination/resolve-destination.ts';
import type { PathEntry } from '../git/index.ts';
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
import type { KeptFacts } from './kept-facts.ts';
import type { LabelIndex } from './label-index.ts';
import type { Looked } from './look-at-objects.ts';
import type { Session } from './session.ts';
import type { Looking } from './start-looking.ts';
import { coverageOf, nameSubjects, objectSubjects, placesOf } from './subjects.ts';
import { valuesThereBefore } from './values-there.ts';

/** What an act brings, looked at. */
export interface Seen {
  readonly looked: ReadonlyMap<Oid, Looked>;
  readonly entries: readonly PathEntry[];
  /** Objects that the act names and that are not here. */
  readonly missing: readonly Oid[];
}

/** One act of moving git objects, ready to be judged. */
export interface ObjectsAct extends Looking {
  readonly session: Session;
  readonly kind: Extract<Act, 'commit' | 'push' | 'receive' | 'scan'>;
  readonly destination?: Destination;
  readonly notes: readonly RouteNote[];
  readonly chosen: ChosenPolicies;
  readonly labels?: LabelIndex;
  readonly seen: Seen;
  /** The refs it moves, each with what it will point at. */
  readonly refs: readonly { readonly ref: RefName; readonly tip: Oid }[];
}

/** What lifts a block, once it is known. */
export interface Lifted {
  /** Objects that the destination is proven to hold. */
  readonly held: ReadonlySet<Oid>;
  /** Fingerprints of secrets and copies that the destination has in other versions of the content. */
  readonly knownSecrets: ReadonlySet<string>;
  /** Content that stood under an unmarked name beside every marked one. */
  readonly bornUnmarked: ReadonlySet<Oid>;
}

export const nothingLifted: Lifted = {
  held: new Set(),
  knownSecrets: new Set(),
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
    coverage: coverageOf(seen.looked.values(), [...act.gaps, ...missing]),
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

/** What is known of the place an act goes to. */
export interface There {
  /** Of the act's objects, those that are proven to be there. */
  readonly held: ReadonlySet<Oid>;
  /** The tips of its branches and tags. Those that are not in this repository tell nothing. */
  readonly tips: readonly Oid[];
}

/**
 * What the repository itself can say about a block: secrets and copies that stood there before, and
 * content that is called classified only because a marked name has it too.
 */
export async function liftFromHistory(
  act: ObjectsAct,
  verdict: Verdict,
  there: There = { held: nothingLifted.held, tips: [] },
): Promise<Omit<Lifted, 'held'>> {
  const { labels } = act;
  const bornUnmarked = new Set<Oid>();
  const blocking = verdict.findings.filter(({ severity }) => severity === 'block');
  for (const { kind, rule, object } of blocking) {
    if (kind !== 'label' || rule !== 'moved' || object === undefined) continue;
    if (await labels?.bornUnmarked(object as Oid)) bornUnmarked.add(object as Oid);
  }
  const values = blocking.filter(({ kind }) => kind === 'secret' || kind === 'copy');
  return { knownSecrets: await valuesThereBefore(act, values, there), bornUnmarked };
}

/** Keeps facts for the next time. A read-only or full disk costs the next act its speed, no more. */
export function flushQuietly(store: KeptFacts): void {
  try {
    store.flush();
  } catch {
    // Nothing to say: what was judged was judged on what was seen.
  }
}
