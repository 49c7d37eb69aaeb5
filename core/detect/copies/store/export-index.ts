import { randomBytes } from 'node:crypto';
import { CordonError } from '../../../error.ts';
import { folderOf, readGeneration } from './index-folder.ts';
import { indexIdOf, publicKeyOf, signExport } from './index-identity.ts';
import { encodeManifest, type Manifest } from './manifest.ts';
import { pad, seal } from './seal.ts';
import { readSecrets } from './secret.ts';
import { type WrapFor, wrapKey } from './wrap-key.ts';

export const EXPORT_MAGIC = Buffer.from('cordonxp', 'latin1');
export const EXPORT_VERSION = 1;
export const EXPORT_HEAD_BYTES = 16;

export interface ExportOptions {
  readonly dataFolder: string;
  readonly repository: string;
  /** Each can open it alone. */
  readonly wraps: readonly WrapFor[];
  /** True: paths go with it. Otherwise a source is called by its opaque id. */
  readonly names: boolean;
}

/**
 * The present index of a repository as one file for elsewhere, under a key of its own. Throws
 * `copies.bad-file` with `reason` `none` where nothing is registered, and as `readGeneration`.
 */
export async function exportIndex(
  options: ExportOptions,
): Promise<{ readonly bytes: Buffer; readonly manifest: Manifest }> {
  const { dataFolder, repository, wraps, names } = options;
  const folder = folderOf(dataFolder, repository);
  const generation = readGeneration(folder);
  const kept = generation === undefined ? undefined : readSecrets(folder);
  if (generation === undefined || kept === undefined) {
    throw new CordonError('copies.bad-file', { path: folder, reason: 'none' });
  }
  if (wraps.length === 0) throw new CordonError('copies.no-key', {});
  const key = randomBytes(32);
  const list = await Promise.all(wraps.map((wrapFor) => wrapKey(key, wrapFor)));
  const header = Buffer.from(JSON.stringify({ wraps: list }));
  const head = Buffer.alloc(EXPORT_HEAD_BYTES);
  EXPORT_MAGIC.copy(head);
  head.writeUInt32LE(EXPORT_VERSION, 8);
  head.writeUInt32LE(header.length, 12);

  const { text } = generation;
  const publicKey = publicKeyOf(kept.signing);
  const manifest: Manifest = {
    ...(names ? generation.manifest : withoutNames(generation.manifest)),
    index: indexIdOf(publicKey),
  };
  const encoded = encodeManifest(manifest);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(encoded.length));
  const signature = signExport(kept.signing, encoded, text);
  const body = Buffer.concat([publicKey, signature, length, encoded, text]);
  const outside = Buffer.concat([head, header]);
  return { bytes: Buffer.concat([outside, ...seal(key, pad(body), outside)]), manifest };
}

/** What tells of the exporter's disk and names is left out; the order of files, too. */
function withoutNames(manifest: Manifest): Manifest {
  const files = manifest.files
    .map(({ pathBytes: _bytes, stamp: _stamp, ...file }) => ({ ...file, path: file.id, tree: '' }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { ...manifest, names: false, repository: '', files };
}
