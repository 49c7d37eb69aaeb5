import { sliceSource } from '../source/slice-source.ts';
import type { Budget } from './budget.ts';
import type { Layer, Region } from './layer.ts';
import type { TarListing } from './list-tar.ts';
import { closedFact, type Found } from './opening.ts';
import { isSkipped } from './skipped.ts';

/** Parts of an archive that stand in it as they are. */
export interface Member extends Region {
  readonly name: string;
}

/** Members as children; those that a detector has accounted for are left out. */
export function* openMembers(
  layer: Layer,
  members: readonly Member[],
  bytes?: Buffer,
): Generator<Found> {
  for (const member of members) {
    const { name, start, end } = member;
    if (end <= start || isSkipped(layer, member)) continue;
    const content = bytes?.subarray(start, end) ?? sliceSource(layer.source, start, end);
    yield { child: { name, content, sliced: true, from: member } };
  }
}

/** The members of a tar, and what is wrong with it. */
export function* openTar(
  layer: Layer,
  listing: TarListing,
  budget: Budget,
  bytes?: Buffer,
): Generator<Found> {
  yield* openMembers(layer, listing.members, bytes);
  for (const { name, start, sparse } of listing.members) {
    if (sparse) yield closedFact(layer, 'unsupported', `sparse tar member: ${name}`, start);
  }
  if (listing.malformed) yield closedFact(layer, 'malformed', 'tar', listing.end);
  if (listing.cut) {
    const fact = budget.tell('entries-budget', { layer: layer.way }, 'tar');
    if (fact !== undefined) yield { fact };
  }
}
