import { CordonError } from '../../../error.ts';
import { decodeManifest, encodeManifest, type Manifest } from './manifest.ts';
import { open, pad, seal, unpad } from './seal.ts';
import { keyFor, keyIdOf } from './secret.ts';

/** One state of an index: what is registered, and the encoded text index. */
export interface Generation {
  readonly manifest: Manifest;
  readonly text: Buffer;
}

const MAGIC = Buffer.from('cordoncx', 'latin1');
const VERSION = 1;
const KEY_ID_AT = 12;
const SIZE_AT = 20;
const HEAD_BYTES = 24;

/** Larger is no index of ours: 100,000 files take some 25 MB here, and the text index 50 % of theirs. */
export const MOST_GENERATION_BYTES = 1024 * 1024 * 1024;

/**
 * A generation file: magic (8), version (u32), key id (8), size of the first part (u32), the manifest
 * and the text index, each padded and sealed. Apart, so that staleness is known without the text
 * index; bound together, so that neither can be swapped for an older one.
 */
export function encodeGeneration(secret: Buffer, { manifest, text }: Generation): Buffer[] {
  const head = Buffer.alloc(HEAD_BYTES);
  MAGIC.copy(head);
  head.writeUInt32LE(VERSION, MAGIC.length);
  keyIdOf(secret).copy(head, KEY_ID_AT);
  const key = keyFor(secret, 'generation');
  const first = Buffer.concat(seal(key, pad(encodeManifest(manifest)), head.subarray(0, SIZE_AT)));
  head.writeUInt32LE(first.length, SIZE_AT);
  return [head, first, ...seal(key, pad(text), bound(head, first))];
}

/** Throws `copies.wrong-key` and `copies.bad-file`, whose `reason` is `version` for another format. */
export function decodeGeneration(secrets: readonly Buffer[], file: Buffer): Generation {
  const { manifest, key, head, first } = openFirst(secrets, file);
  const sealed = file.subarray(HEAD_BYTES + first.length);
  const text = unpadded(open(key, sealed, bound(head, first)));
  return { manifest, text };
}

/** Of a generation file the manifest alone; `file` may end behind it. */
export function decodeManifestOf(secrets: readonly Buffer[], file: Buffer): Manifest {
  return openFirst(secrets, file).manifest;
}

/** Bytes of a generation file that hold its manifest, told by its first HEAD_BYTES. */
export function manifestEnd(head: Buffer): number {
  return head.length < HEAD_BYTES ? 0 : HEAD_BYTES + head.readUInt32LE(SIZE_AT);
}

/** Which secret a generation file was written under; undefined where it is none of ours. */
export function isUnder(secret: Buffer, head: Buffer): boolean {
  return head.length >= HEAD_BYTES && head.subarray(KEY_ID_AT, SIZE_AT).equals(keyIdOf(secret));
}

function openFirst(secrets: readonly Buffer[], file: Buffer) {
  const head = file.subarray(0, HEAD_BYTES);
  if (head.length < HEAD_BYTES || !head.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new CordonError('copies.bad-file', { reason: 'not-an-index' });
  }
  const version = head.readUInt32LE(MAGIC.length);
  if (version !== VERSION) {
    throw new CordonError('copies.bad-file', { reason: 'version', version });
  }
  const secret = secrets.find((one) => isUnder(one, head));
  if (secret === undefined) throw new CordonError('copies.wrong-key', {});
  const key = keyFor(secret, 'generation');
  const first = file.subarray(HEAD_BYTES, manifestEnd(head));
  const manifest = unpadded(open(key, first, head.subarray(0, SIZE_AT)));
  return { manifest: decodeOnce(first, manifest), key, head, first };
}

/** The last manifest that was decoded, by the tag of its part: a hook asks whether it is fresh, then opens it. */
let last: { readonly tag: Buffer; readonly manifest: Manifest } | undefined;

function decodeOnce(first: Buffer, content: Buffer): Manifest {
  const tag = first.subarray(-16);
  if (last?.tag.equals(tag) !== true)
    last = { tag: Buffer.from(tag), manifest: decodeManifest(content) };
  return last.manifest;
}

/** What the second part is bound to: the head, and the first part by its tag. */
const bound = (head: Buffer, first: Buffer): Buffer => Buffer.concat([head, first.subarray(-16)]);

function unpadded(opened: Buffer | undefined): Buffer {
  const content = opened === undefined ? undefined : unpad(opened);
  if (content === undefined) throw new CordonError('copies.bad-file', { reason: 'damaged' });
  return content;
}
