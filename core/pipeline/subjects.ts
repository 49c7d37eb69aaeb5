import type { PathEntry } from '../git/index.ts';
import type { Coverage, Fact, NotChecked, Oid, PathName } from '../model.ts';
import type { Subject } from '../judge/index.ts';
import { weightsByName } from '../detect/weights/index.ts';
import type { Inspector } from './inspector.ts';
import { TELLING_BYTES, type LabelIndex } from './label-index.ts';
import type { Looked } from './look-at-objects.ts';

const SUBMODULE = '160000';
const NOTHING_KNOWN: ReadonlySet<string> = new Set();

type Place = Subject['places'][number];

/** Every place of every blob in what the act brings. A submodule's commit is content of its own push. */
export function placesOf(entries: readonly PathEntry[]): Map<Oid, Place[]> {
  const places = new Map<Oid, Place[]>();
  for (const { oid, path, mode, commit, deleted } of entries) {
    if (deleted === true || mode === SUBMODULE) continue;
    const place: Place = { path, ...(commit !== undefined && { commit }) };
    const known = places.get(oid);
    if (known === undefined) places.set(oid, [place]);
    else known.push(place);
  }
  return places;
}

/** Facts of the content, and of the name where the content could be anything. */
export function factsAt(
  facts: readonly Fact[],
  places: readonly Place[],
  size: number,
): readonly Fact[] {
  if (!facts.some(({ kind }) => kind === 'opaque')) return facts;
  const named = places
    .map(({ path }) => weightsByName(path.text, facts, size))
    .find((fact) => fact !== undefined);
  return named === undefined ? facts : [...facts, named];
}

export interface SubjectOptions {
  readonly looked: ReadonlyMap<Oid, Looked>;
  readonly places: ReadonlyMap<Oid, readonly Place[]>;
  readonly labels?: LabelIndex;
  /** Content that stood under an unmarked name beside every marked one. */
  readonly bornUnmarked?: ReadonlySet<Oid>;
  readonly held?: ReadonlySet<Oid>;
  readonly knownSecrets?: ReadonlySet<string>;
}

/** The objects of an act as the judge asks for them. */
export function objectSubjects(options: SubjectOptions): Subject[] {
  const { looked, places, labels, held, knownSecrets, bornUnmarked } = options;
  const subjects: Subject[] = [];
  for (const [oid, { object, inspection }] of looked) {
    const at = places.get(oid) ?? [];
    const elsewhere: readonly PathName[] =
      object.type === 'blob' && object.size >= TELLING_BYTES && bornUnmarked?.has(oid) !== true
        ? (labels?.namesOf(oid) ?? [])
        : [];
    subjects.push({
      type: object.type,
      object: oid,
      places: at,
      elsewhere,
      facts: factsAt(inspection.facts, at, object.size),
      bytes: object.size,
      atDestination: held?.has(oid) ?? false,
      knownSecrets: knownSecrets ?? NOTHING_KNOWN,
    });
  }
  return subjects;
}

/** Names are content too: a secret, or text in base64, can ride in a path or in a ref. */
export async function nameSubjects(
  inspector: Inspector,
  names: Iterable<Place>,
): Promise<Subject[]> {
  const subjects: Subject[] = [];
  const seen = new Map<string, Place>();
  for (const place of names) {
    const { text } = place.path;
    if (text.length >= SHORTEST_TELLING_NAME && !seen.has(text)) seen.set(text, place);
  }
  // Ten thousand names in one look, and a second one at each only where the first saw something.
  const all = [...seen.values()];
  for (let at = 0; at < all.length; at += NAMES_AT_ONCE) {
    const some = all.slice(at, at + NAMES_AT_ONCE);
    const joined = Buffer.from(
      some.map(({ path }) => path.text.replaceAll('\n', ' ')).join('\n\n'),
    );
    const { facts } = await inspector.inspectBytes(joined, 'content');
    if (!facts.some(({ kind }) => kind === 'secret' || kind === 'uninspected')) continue;
    for (const place of some) {
      const own = (await inspector.inspectBytes(Buffer.from(place.path.text), 'content')).facts;
      const telling = own.filter(({ kind, rule }) => kind === 'secret' || rule === 'time-budget');
      if (telling.length === 0) continue;
      subjects.push({
        type: 'name',
        places: [place],
        elsewhere: [],
        facts: telling,
        atDestination: false,
        knownSecrets: NOTHING_KNOWN,
      });
    }
  }
  return subjects;
}

const SHORTEST_TELLING_NAME = 16;
const NAMES_AT_ONCE = 10_000;

/** What was looked at, and what was not and did not become a finding of its own. */
export function coverageOf(looked: Iterable<Looked>, extra: readonly NotChecked[] = []): Coverage {
  let objects = 0;
  let bytes = 0;
  const notChecked: NotChecked[] = [...extra];
  for (const { object, inspection } of looked) {
    objects += 1;
    bytes += inspection.bytes;
    for (const fact of inspection.facts) {
      if (fact.kind !== 'uninspected') continue;
      notChecked.push({ what: fact.at.layer || object.oid, rule: fact.rule, object: object.oid });
    }
    if (inspection.skippedBytes > 0) {
      notChecked.push({
        what: `the tensors of ${object.oid.slice(0, 7)}`,
        rule: 'payload',
        object: object.oid,
      });
    }
  }
  return { objects, bytes, notChecked };
}
