import { packBits, unpackBits } from './packed-bits.ts';
import { openNames, packNames, type PackedNames, unpackNames } from './packed-names.ts';
import type { Entries, Segments, ViewIndex } from '../types.ts';

/** A view as it lies in a file, ready to be asked. */
export interface PackedView {
  readonly names: PackedNames;
  readonly places: Uint32Array;
  /** Bits of a place. */
  readonly placeBits: number;
  /** Past the last place. */
  readonly end: number;
}

/** The sections that hold a view's entries. */
export interface PackedEntries {
  readonly low: Uint8Array;
  readonly steps: Uint8Array;
  readonly places: Uint8Array;
}

const packed = new WeakMap<Entries, PackedView>();

export const placeBitsOf = ({ base, count }: Segments): number => 32 - Math.clz32(base[count]!);

export const packEntries = (view: ViewIndex): PackedEntries => ({
  ...packNames(view),
  places: packBits(view.places, placeBitsOf(view.segments)),
});

/** The packed form of a view: the one it was read in, or, of one just made, packed when first asked. */
export function packedOf(view: ViewIndex): PackedView {
  let found = packed.get(view);
  if (found === undefined) {
    const { low, steps, places } = packEntries(view);
    const names = openNames(wordsOf(low), wordsOf(steps), view.names.length);
    if (names === undefined) throw new RangeError('names out of order');
    found = asView(names, wordsOf(places), view.segments);
    packed.set(view, found);
  }
  return found;
}

/** Sections begin at a multiple of four and are followed by zeros up to the next one. */
export const wordsOf = ({ buffer, byteOffset, byteLength }: Uint8Array): Uint32Array =>
  new Uint32Array(buffer, byteOffset, Math.ceil(byteLength / 4));

const asView = (names: PackedNames, places: Uint32Array, segments: Segments): PackedView => ({
  names,
  places,
  placeBits: placeBitsOf(segments),
  end: segments.base[segments.count]!,
});

/**
 * A view over sections that hold as many bits as `count` needs. Its entries are unpacked when they are
 * first asked for, which only making another index of it does. Undefined where the steps are not of
 * `count` names; `refuse` makes the error for names that turn out not to be in order.
 */
export function openView(
  sections: PackedEntries,
  count: number,
  segments: Segments,
  refuse: () => Error,
): ViewIndex | undefined {
  const names = openNames(wordsOf(sections.low), wordsOf(sections.steps), count);
  if (names === undefined) return undefined;
  const inner = asView(names, wordsOf(sections.places), segments);
  let unpacked: Entries | undefined;
  const entries = (): Entries => (unpacked ??= unpack(inner, refuse));
  const view: ViewIndex = {
    segments,
    get buckets() {
      return entries().buckets;
    },
    get names() {
      return entries().names;
    },
    get places() {
      return entries().places;
    },
  };
  packed.set(view, inner);
  return view;
}

function unpack({ names, places, placeBits, end }: PackedView, refuse: () => Error): Entries {
  const ordered = unpackNames(names);
  if (ordered === undefined) throw refuse();
  const at = unpackBits(places, names.count, placeBits);
  if (at.some((place) => place >= end)) throw refuse();
  return { ...ordered, places: at };
}

/** How many grams a view holds, without unpacking it. */
export const countOf = (view: ViewIndex): number =>
  packed.get(view)?.names.count ?? view.names.length;
