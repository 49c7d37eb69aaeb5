import type { Inspection, Oid } from '../model.ts';
import { mayBeKept, openFactsStore, type FactsStore } from './facts-store.ts';
import type { Inspector, Part } from './inspector.ts';

/**
 * What was seen in git objects, in two stores: what is registered changes by the hour, and must not have
 * secrets and weights looked for again each time.
 */
export interface KeptFacts {
  /** All that is known of an object; undefined where something has still to be looked for. */
  get(oid: Oid): Inspection | undefined;
  /** What has still to be looked for. */
  partOf(oid: Oid): Part;
  /** Keeps what was seen, and tells it together with what was kept of the object before. */
  put(oid: Oid, seen: Inspection, part: Part): Inspection;
  flush(): void;
}

/** @param dir the folder of this repository's facts. */
export function openKeptFacts(
  dir: string,
  inspector: Pick<Inspector, 'key' | 'copiesKey'>,
): KeptFacts {
  const content = openFactsStore(dir, inspector.key);
  const { copiesKey } = inspector;
  return copiesKey === undefined
    ? oneStore(content)
    : twoStores(content, openFactsStore(dir, copiesKey));
}

function oneStore(content: FactsStore): KeptFacts {
  return {
    get: (oid) => content.get(oid),
    partOf: () => 'all',
    put(oid, seen) {
      content.put(oid, seen);
      return seen;
    },
    flush: () => content.flush(),
  };
}

function twoStores(content: FactsStore, copies: FactsStore): KeptFacts {
  return {
    get(oid) {
      const other = copies.get(oid);
      const known = other && content.get(oid);
      return known && withCopies(known, other);
    },
    partOf: (oid) => (content.get(oid) === undefined ? 'all' : 'copies'),
    put(oid, seen, part) {
      const known = part === 'copies' ? content.get(oid) : undefined;
      const isCopy = ({ kind }: Inspection['facts'][number]) => kind === 'copy';
      if (mayBeKept(seen)) {
        copies.put(oid, { facts: seen.facts.filter(isCopy), bytes: 0, skippedBytes: 0 });
        if (known === undefined) {
          content.put(oid, { ...seen, facts: seen.facts.filter((fact) => !isCopy(fact)) });
        }
      }
      return known === undefined ? seen : withCopies(known, seen);
    },
    flush() {
      content.flush();
      copies.flush();
    },
  };
}

const withCopies = (known: Inspection, copies: Inspection): Inspection =>
  copies.facts.length === 0 ? known : { ...known, facts: [...known.facts, ...copies.facts] };
