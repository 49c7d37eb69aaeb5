import { openObject, type ObjectInfo, type ReadObject } from '../git/index.ts';
import type { Fact, Inspection, Oid } from '../model.ts';
import type { Inspector, Part } from './inspector.ts';
import type { KeptFacts } from './kept-facts.ts';
import type { Session } from './session.ts';

/** An object with what was seen in it. Trees hold names alone, and are not among them. */
export interface Looked {
  readonly object: ObjectInfo;
  readonly inspection: Inspection;
}

/**
 * Looks into each object of a stream: kept facts first, memory next, large ones through a source.
 * What cannot be read is looked at as `uninspected`.
 */
export async function lookAtObjects(
  session: Session,
  inspector: Inspector,
  store: KeptFacts,
  objects: AsyncIterable<ReadObject>,
): Promise<Map<Oid, Looked>> {
  const looked = new Map<Oid, Looked>();
  let bytes = 0;
  let count = 0;
  for await (const object of objects) {
    if ('missing' in object) {
      const rule = object.missing === 'absent' ? 'missing' : 'unreadable';
      looked.set(object.oid, unread(object.oid, { kind: 'uninspected', rule, at: { layer: '' } }));
      continue;
    }
    if (object.type === 'tree') continue;
    const { oid, size } = object;
    const info: ObjectInfo = { oid, size, type: object.type };
    const kept = store.get(oid);
    let inspection = kept;
    if (inspection === undefined && isLate(session)) {
      // Ten thousand small objects, each within its own limits, must not outlast the act's.
      inspection = unseen({ kind: 'uninspected', rule: 'time-budget', at: { layer: '' } });
    } else if (inspection === undefined) {
      const part = store.partOf(oid);
      const outcome =
        object.bytes === undefined
          ? inspectLarge(session, inspector, info, part)
          : inspector.inspectBytes(object.bytes, part);
      inspection = store.put(oid, outcome instanceof Promise ? await outcome : outcome, part);
    }
    looked.set(oid, { object: info, inspection });
    bytes += size;
    count += 1;
    session.onProgress({ objects: count, bytes });
  }
  return looked;
}

async function inspectLarge(
  session: Session,
  inspector: Inspector,
  { oid, size, type }: ObjectInfo,
  part: Part,
): Promise<Inspection> {
  const source = openObject(session.repo, oid, size, type);
  try {
    return await inspector.inspectSource(source, part);
  } finally {
    await source.close();
  }
}

/** True once the act may look no more. Objects that are not yet looked at need not be read then. */
export const isLate = ({ deadline }: Session): boolean => performance.now() > deadline;

const unread = (oid: Oid, fact: Fact): Looked => ({
  object: { oid, size: 0, type: 'blob' },
  inspection: unseen(fact),
});

const unseen = (fact: Fact): Inspection => ({ facts: [fact], bytes: 0, skippedBytes: 0 });
