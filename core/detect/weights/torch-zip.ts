import { SKIP_REGION_BYTES, type Region } from '../../content/layer.ts';
import { walkPickle } from '../pickle/index.ts';
import { coversZip } from './containers.ts';
import { capBytes, type Format, type Recognised } from './format.ts';
import { countStorages } from './torch-storages.ts';
import { type Reading, readWithin, type Window } from './window.ts';
import { claimsZip, findEntryStart, readZipEntries, type ZipEntry } from './zip-entries.ts';

const PICKLE = 'data.pkl';

/**
 * What torch.save writes since 1.6, TorchScript, and FSDP's rows of such archives: a zip with
 * `NAME/data.pkl` and the storages as `NAME/data/0`, `NAME/data/1`, ….
 */
export const torchZip: Format = {
  rule: 'pytorch-zip',

  claims(head, _size, tail) {
    return claimsZip(head, tail);
  },

  *read(window: Window): Reading<Recognised | undefined> {
    const entries = yield* readZipEntries(window);
    const roots = new Set<string>();
    for (const { name } of entries) {
      if (name === PICKLE || name.endsWith(`/${PICKLE}`)) roots.add(name.slice(0, -PICKLE.length));
    }
    if (roots.size === 0) return coversZip(window, entries);
    const storages = entries.filter(({ name }) => isStorage(name, roots));
    const isTorch =
      storages.length > 0 ||
      entries.some(({ name }) => name.endsWith('version') && roots.has(name.slice(0, -7)));
    if (!isTorch) return coversZip(window, entries);
    const present = storages.reduce((sum, entry) => sum + entry.bytes, 0);
    const declared = yield* declaredByPickles(window, entries, roots);
    const payloadBytes = capBytes(Math.max(present, declared.bytes));
    return {
      rule: 'pytorch-zip',
      payloadBytes,
      tensors: Math.max(storages.length, declared.tensors),
      ...(declared.parameters > 0 ? { parameters: capBytes(declared.parameters) } : {}),
      offset: entries[0]?.header ?? 0,
      payload: yield* findPayload(window, storages, entries),
      end: window.size,
      counts: (member) => isStorage(member, roots),
    };
  },
};

/** `ROOT/data/0`, TorchScript's `ROOT/constants/0`, exported programs' `ROOT/data/weights/…`. */
function isStorage(name: string, roots: ReadonlySet<string>): boolean {
  for (const part of ['data/', 'constants/', 'tensors/']) {
    const at = name.lastIndexOf(part);
    if (at >= 0 && at + part.length < name.length && roots.has(name.slice(0, at))) return true;
  }
  return false;
}

/** A cut file has lost its storages; its pickle, which comes first, still tells how large they are. */
function* declaredByPickles(
  window: Window,
  entries: readonly ZipEntry[],
  roots: ReadonlySet<string>,
): Reading<{ bytes: number; tensors: number; parameters: number }> {
  const sum = { bytes: 0, tensors: 0, parameters: 0 };
  let walked = 0;
  for (const entry of entries) {
    const isPickle = entry.name.endsWith(PICKLE) && roots.has(entry.name.slice(0, -PICKLE.length));
    if (!isPickle || !entry.stored || walked >= 64) continue;
    walked += 1;
    const start = yield* findEntryStart(window, entry);
    if (start === undefined) continue;
    // Its size may be unknown here: a pickle says itself where it ends.
    const end = entry.bytes > 0 ? start + entry.bytes : window.size;
    const walk = yield* readWithin(window, { start, end }, (inner) =>
      walkPickle(inner, { streams: 1 }),
    );
    const counted = countStorages(walk.storages.values());
    sum.bytes += counted.bytes;
    sum.tensors += counted.tensors;
    sum.parameters += counted.parameters;
  }
  return sum;
}

/** Where the large storages lie. A size that lies must not reach over the member behind it. */
function* findPayload(
  window: Window,
  storages: readonly ZipEntry[],
  entries: readonly ZipEntry[],
): Reading<Region[]> {
  const headers = entries.map(({ header }) => header).sort((a, b) => a - b);
  const next = new Map(headers.map((header, i) => [header, headers[i + 1] ?? window.size]));
  const regions: Region[] = [];
  for (const entry of storages) {
    if (!entry.stored || entry.packed < SKIP_REGION_BYTES) continue;
    const start = yield* findEntryStart(window, entry);
    const end = Math.min(next.get(entry.header) ?? 0, (start ?? 0) + entry.packed);
    if (start !== undefined && start < end) regions.push({ start, end });
  }
  return regions;
}
