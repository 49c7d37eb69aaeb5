import { join } from 'node:path';
import { CordonError } from '../../../error.ts';
import { fileSource } from '../../../source/index.ts';
import { EXPORT_HEAD_BYTES, EXPORT_MAGIC, EXPORT_VERSION } from './export-index.ts';
import { type Generation, MOST_GENERATION_BYTES } from './generation-file.ts';
import {
  indexesIn,
  latestCounter,
  makeIndexFolder,
  sweepFolder,
  writeGeneration,
} from './index-folder.ts';
import { indexIdOf, isSignedBy, PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from './index-identity.ts';
import { decodeForeignManifest, type Manifest } from './manifest.ts';
import { open, unpad } from './seal.ts';
import { makeSecrets } from './secret.ts';
import { isWrap, type UnwrapWith, unwrapKey, type Wrap } from './wrap-key.ts';

export interface ImportOptions {
  readonly dataFolder: string;
  /** The export's path. */
  readonly file: string;
  readonly with: UnwrapWith | undefined;
  /** Take an older export over a newer one. */
  readonly force?: boolean;
  readonly now: number;
}

export interface Imported {
  readonly manifest: Manifest;
  /** Whether an earlier export of the same index was replaced. */
  readonly replaced: boolean;
  readonly folder: string;
}

const MOST_HEADER_BYTES = 64 * 1024;
const MOST_WRAPS = 16;

/**
 * Takes an export in, beside the user's own indexes. Throws `copies.wrong-key`, `copies.no-key`, and
 * `copies.bad-file`, whose `reason` is `older` where a newer export of the index is here already: an
 * old file must not take back what was registered since. Nothing has changed then.
 */
export async function importIndex(options: ImportOptions): Promise<Imported> {
  const { dataFolder, now } = options;
  const generation = await openExport(await readExport(options.file), options.with);
  const { manifest } = generation;
  const folder = join(indexesIn(dataFolder), `imported-${manifest.index}`);
  const present = latestCounter(folder);
  if (manifest.counter < present && options.force !== true) {
    throw new CordonError('copies.bad-file', { path: options.file, reason: 'older' });
  }
  makeIndexFolder(folder);
  const { secrets } = makeSecrets(folder);
  writeGeneration(folder, secrets.secrets[0], generation);
  sweepFolder(folder, now);
  return { manifest, replaced: present > 0, folder };
}

async function readExport(path: string): Promise<Buffer> {
  const source = fileSource(path);
  try {
    if (source.size > MOST_GENERATION_BYTES) throw bad('too-large');
    return await source.read(0, source.size);
  } finally {
    await source.close();
  }
}

/** What an export holds, its signature checked. */
export async function openExport(
  file: Buffer,
  unwrapWith: UnwrapWith | undefined,
): Promise<Generation> {
  if (file.length < EXPORT_HEAD_BYTES || !file.subarray(0, 8).equals(EXPORT_MAGIC)) {
    throw bad('not-an-export');
  }
  if (file.readUInt32LE(8) !== EXPORT_VERSION) throw bad('version');
  const headerEnd = EXPORT_HEAD_BYTES + file.readUInt32LE(12);
  if (headerEnd > MOST_HEADER_BYTES || headerEnd > file.length) throw bad('header');
  const key = await unwrapKey(wrapsOf(file.subarray(EXPORT_HEAD_BYTES, headerEnd)), unwrapWith);
  const opened = open(key, file.subarray(headerEnd), file.subarray(0, headerEnd));
  const body = opened === undefined ? undefined : unpad(opened);
  if (body === undefined || body.length < BODY_HEAD_BYTES) throw bad('damaged');
  return readBody(body);
}

const BODY_HEAD_BYTES = PUBLIC_KEY_BYTES + SIGNATURE_BYTES + 8;

function readBody(body: Buffer): Generation {
  const publicKey = body.subarray(0, PUBLIC_KEY_BYTES);
  const signature = body.subarray(PUBLIC_KEY_BYTES, PUBLIC_KEY_BYTES + SIGNATURE_BYTES);
  const length = Number(body.readBigUInt64LE(BODY_HEAD_BYTES - 8));
  const encoded = body.subarray(BODY_HEAD_BYTES, BODY_HEAD_BYTES + length);
  const text = body.subarray(BODY_HEAD_BYTES + encoded.length);
  if (encoded.length !== length) throw bad('damaged');
  if (!isSignedBy(publicKey, signature, encoded, text)) throw bad('signature');
  const manifest = decodeForeignManifest(encoded);
  if (manifest.index !== indexIdOf(publicKey)) throw bad('signature');
  return { manifest, text };
}

function wrapsOf(header: Buffer): Wrap[] {
  let wraps: unknown;
  try {
    wraps = (JSON.parse(header.toString('utf8')) as { wraps?: unknown } | null)?.wraps;
  } catch (error) {
    throw new CordonError('copies.bad-file', { reason: 'header' }, error);
  }
  if (!Array.isArray(wraps) || wraps.length > MOST_WRAPS || !wraps.every(isWrap)) {
    throw bad('header');
  }
  return wraps;
}

const bad = (reason: string) => new CordonError('copies.bad-file', { reason });
