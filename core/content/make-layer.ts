import type { ByteSource } from '../source/byte-source.ts';
import { bufferSource } from '../source/buffer-source.ts';
import { WHOLE_LAYER_BYTES, type Layer, type Region } from './layer.ts';

type Origin = NonNullable<Layer['origin']>;

/** Something found inside a layer. */
export interface Child {
  /** Its part of the way: an entry's name, or what it was encoded as. */
  readonly name: string;
  /** In memory, or where it can be read. */
  readonly content: Buffer | ByteSource;
  /** The content is a part of the layer as it stands, nothing was decoded. */
  readonly sliced?: true;
  /** The bytes of the layer that all of it comes from: no other search has to look there again. */
  readonly from?: Region;
  /** Where it begins in the text that holds it. */
  readonly origin?: Origin;
}

const NOTHING = Buffer.alloc(0);

/** A child as a layer of its own; without a parent, the outermost. `head`: its first bytes, where it is not in memory. */
export function makeLayer(child: Child, parent?: Layer, head?: Buffer): Layer {
  const { content } = child;
  const inMemory = Buffer.isBuffer(content) && content.length <= WHOLE_LAYER_BYTES;
  const origin = child.origin ?? parent?.origin;
  const beginning = head ?? (Buffer.isBuffer(content) ? content.subarray(0, HEAD_BYTES) : NOTHING);
  return {
    way: parent === undefined ? '' : joinWay(parent.way, child.name),
    depth: parent === undefined ? 0 : parent.depth + 1,
    source: Buffer.isBuffer(content) ? bufferSource(content) : content,
    bytes: inMemory ? content : undefined,
    form: looksLikeText(beginning) ? 'text' : 'binary',
    skip: [],
    ...(origin === undefined ? {} : { origin }),
  };
}

/** How much of a layer is looked at to tell text from binary. */
export const HEAD_BYTES = 8192;

/** No NUL, and next to none of the control characters that text does not use. */
function looksLikeText(head: Buffer): boolean {
  if (head.includes(0)) return false;
  const length = Math.min(head.length, SAMPLE_BYTES);
  let odd = 0;
  for (let at = 0; at < length; at += 1) odd += ODD[head[at] as number] as number;
  return odd * 32 <= length;
}

const SAMPLE_BYTES = 512;

/** 1 for the control characters that text does not use. */
const ODD = new Uint8Array(256);
for (let byte = 0; byte < 0x20; byte += 1) {
  if (byte !== 0x1b && (byte < 0x08 || byte > 0x0d)) ODD[byte] = 1;
}
ODD[0x7f] = 1;

const NAME_BYTES = 200;

function joinWay(way: string, name: string): string {
  // A name is the attacker's: what it says must not reach a terminal, nor fill a report.
  // oxlint-disable-next-line no-control-regex
  const shown = name.replace(/[\u0000-\u001f\u007f-\u009f]/gu, '\ufffd');
  const short = shown.length > NAME_BYTES ? `${shown.slice(0, NAME_BYTES)}…` : shown;
  return way === '' ? short : `${way}!${short}`;
}
