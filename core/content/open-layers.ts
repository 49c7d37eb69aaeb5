import { createHash } from 'node:crypto';
import { CordonError } from '../error.ts';
import type { UninspectedFact, UninspectedRule } from '../model.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { sliceSource } from '../source/slice-source.ts';
import { createSpool } from '../source/spool.ts';
import type { Budget } from './budget.ts';
import { WHOLE_LAYER_BYTES, type Layer } from './layer.ts';
import { parseLfsPointer, type LfsPointer } from './lfs-pointer.ts';
import { lookInside } from './look-inside.ts';
import { lookInsideLarge } from './look-inside-large.ts';
import { HEAD_BYTES, makeLayer, type Child } from './make-layer.ts';
import { closedFact, positionIn, type Found, type LaterHelp, type OpenOptions } from './opening.ts';

type Item = Layer | UninspectedFact;

/** Work that has to wait for I/O: what it finds belongs into `layer`. */
interface Pending {
  readonly layer: Layer;
  readonly later: (help: LaterHelp) => AsyncGenerator<Found>;
}

/**
 * The layers of content that is in memory (at most WHOLE_LAYER_BYTES): itself first, then, whenever
 * the caller resumes, what is inside the layer it was just given, depth first. Facts tell what could
 * not be opened. Nothing here waits; what must is returned, to be drained with `for await`, or
 * undefined where all has been told.
 */
export function* openBufferLayers(
  bytes: Buffer,
  options: OpenOptions,
): Generator<Item, AsyncGenerator<Item> | undefined> {
  const pending: Pending[] = [];
  yield* openSmall(makeLayer({ name: '', content: bytes }), bytes, options, pending);
  return pending.length === 0 ? undefined : drain(pending, options);
}

/**
 * The layers of any content, as `openBufferLayers` gives them. A layer's source can be read until the
 * generator has moved on from what is inside it. Throws nothing for hostile content.
 */
export async function* openLayers(root: ByteSource, options: OpenOptions): AsyncGenerator<Item> {
  const spool = createSpool();
  try {
    yield* guard(undefined, openRoot({ name: '', content: root }, options, { spool }));
  } finally {
    await spool.close();
  }
}

async function* openRoot(
  child: Child,
  options: OpenOptions,
  help: LaterHelp,
): AsyncGenerator<Item> {
  yield* openAny(await layerOf(child), options, help);
}

async function* drain(pending: readonly Pending[], options: OpenOptions): AsyncGenerator<Item> {
  const spool = createSpool();
  try {
    for (const work of pending) yield* openLater(work, options, { spool });
  } finally {
    await spool.close();
  }
}

function* openSmall(
  layer: Layer,
  bytes: Buffer,
  options: OpenOptions,
  pending: Pending[],
): Generator<Item> {
  yield layer;
  const { budget } = options;
  const pointer = parseLfsPointer(bytes);
  if (pointer !== undefined) {
    pending.push({ layer, later: () => openPointer(layer, pointer, options) });
  }
  for (const found of lookInside(layer, bytes, budget)) {
    if ('fact' in found) yield found.fact;
    else if ('later' in found) pending.push({ layer, later: found.later });
    else {
      const { child } = found;
      const refusal = refuse(layer, child, budget);
      if (refusal === undefined) {
        const inner = makeLayer(child, layer);
        if (inner.bytes !== undefined) yield* openSmall(inner, inner.bytes, options, pending);
        else pending.push({ layer, later: () => admitted(child) });
      } else if (refusal !== 'told') yield refusal;
    }
    if (budget.isSpent) return;
  }
}

async function* admitted(child: Child): AsyncGenerator<Found> {
  yield await Promise.resolve({ child });
}

/** Opens a layer of any size, and closes what its content was read from when it is done. */
async function* openAny(layer: Layer, options: OpenOptions, help: LaterHelp): AsyncGenerator<Item> {
  if (layer.bytes !== undefined) {
    const pending: Pending[] = [];
    yield* openSmall(layer, layer.bytes, options, pending);
    for (const work of pending) yield* openLater(work, options, help);
    return;
  }
  yield layer;
  yield* openLater(
    { layer, later: (given) => lookInsideLarge(layer, options.budget, given) },
    options,
    help,
  );
}

async function* openLater(
  { layer, later }: Pending,
  options: OpenOptions,
  help: LaterHelp,
): AsyncGenerator<Item> {
  if (options.budget.isSpent) return;
  yield* guard(layer, openFound(layer, later(help), options, help));
}

async function* openFound(
  layer: Layer,
  all: AsyncGenerator<Found>,
  options: OpenOptions,
  help: LaterHelp,
): AsyncGenerator<Item> {
  for await (const found of all) {
    if ('fact' in found) yield found.fact;
    else if ('later' in found) yield* openLater({ layer, later: found.later }, options, help);
    else yield* openChild(layer, found.child, options, help);
    if (options.budget.isSpent) return;
  }
}

/** Turns a source that cannot be read, or a disk that is full, into the fact that it is so. */
async function* guard(layer: Layer | undefined, items: AsyncGenerator<Item>): AsyncGenerator<Item> {
  try {
    yield* items;
  } catch (error) {
    // Any other error is a bug of ours, and must not pass for content that was looked at.
    if (!(error instanceof CordonError) || !error.code.startsWith('source.')) throw error;
    const at = layer === undefined ? { layer: '' } : positionIn(layer);
    const detail = String(error.data['reason'] ?? error.code);
    yield { kind: 'uninspected', rule: 'unreadable', at, detail };
  }
}

async function* openChild(
  parent: Layer,
  child: Child,
  options: OpenOptions,
  help: LaterHelp,
): AsyncGenerator<Item> {
  try {
    const refusal = refuse(parent, child, options.budget);
    if (refusal === 'told') return;
    if (refusal !== undefined) yield refusal;
    else yield* openAny(await layerOf(child, parent), options, help);
  } finally {
    if (!Buffer.isBuffer(child.content)) await child.content.close();
  }
}

async function layerOf(child: Child, parent?: Layer): Promise<Layer> {
  const { content } = child;
  if (Buffer.isBuffer(content)) return makeLayer(child, parent, content.subarray(0, HEAD_BYTES));
  if (content.size <= WHOLE_LAYER_BYTES) {
    return makeLayer({ ...child, content: await content.read(0, content.size) }, parent);
  }
  return makeLayer(child, parent, await content.read(0, HEAD_BYTES));
}

/** Why a child is not opened: the fact, or `told` where that budget's one fact is out already. */
function refuse(parent: Layer, child: Child, budget: Budget): UninspectedFact | 'told' | undefined {
  const rule = spentRule(parent, child, budget);
  if (rule === undefined) return undefined;
  return budget.tell(rule, positionIn(parent), child.name) ?? 'told';
}

function spentRule(parent: Layer, child: Child, budget: Budget): UninspectedRule | undefined {
  const { content } = child;
  const size = Buffer.isBuffer(content) ? content.length : content.size;
  if (parent.depth >= budget.depth) return 'depth-budget';
  if (budget.isLate()) return 'time-budget';
  if (!budget.takeEntry()) return 'entries-budget';
  const holds = child.sliced === true ? budget.takeSlice(size) : budget.takeBytes(size);
  return holds ? undefined : 'bytes-budget';
}

/** The bytes behind a pointer, then whether they are the ones it means. */
async function* openPointer(
  layer: Layer,
  { oid, size }: LfsPointer,
  { resolveLfs }: OpenOptions,
): AsyncGenerator<Found> {
  const content = await resolveLfs?.(oid, Number(size));
  if (content === undefined) {
    yield closedFact(layer, 'missing', `${oid} ${size}`);
    return;
  }
  try {
    // The opener closes what it was given; this one is read once more afterwards.
    yield { child: { name: 'lfs', content: sliceSource(content, 0, content.size) } };
    const hash = createHash('sha256');
    for await (const chunk of content.stream()) hash.update(chunk);
    if (hash.digest('hex') !== oid) yield closedFact(layer, 'malformed', `${oid} ${size}`);
  } finally {
    await content.close();
  }
}
