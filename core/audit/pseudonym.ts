import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto';
import { sealingKey, x25519Bytes, x25519PublicKey, type PrivacyKeys } from './privacy-keys.ts';

/** Sealed names are padded to a multiple of this, so that their length tells little. */
const PADDING = 128;
const EPHEMERAL = 32;
const NONCE = 12;
const TAG = 16;

/** Extensions that say what kind of file it is. Any other could itself be a name. */
const EXTENSIONS = new Set(
  (
    'bin bz2 c cc cpp cs css csv cu cuh cxx go gguf gz h h5 hpp html ini ipynb java js json jsonl jsx key kt ' +
    'lock lua m md mjs npy npz onnx parquet pb pem pkl proto pt pth py pyi pyx r rb rs rst safetensors scala ' +
    'sh sql swift tar tflite toml ts tsv tsx txt xml yaml yml zip zst'
  ).split(' '),
);

/** `k1:KEYID:` and 128 bits of HMAC-SHA-256 in base64url: the same name, the same pseudonym. */
export function pseudonymOf(name: string, keys: Pick<PrivacyKeys, 'id' | 'hmac'>): string {
  const mac = createHmac('sha256', keys.hmac).update(name, 'utf8').digest().subarray(0, 16);
  return `k1:${keys.id}:${mac.toString('base64url')}`;
}

/** A path's pseudonym keeps its extension where that is a well-known one, and nothing else. */
export function pseudonymOfPath(path: string, keys: Pick<PrivacyKeys, 'id' | 'hmac'>): string {
  const extension = /\.([A-Za-z0-9]{1,12})$/.exec(path)?.[1]?.toLowerCase();
  const kept = extension !== undefined && EXTENSIONS.has(extension) ? `.${extension}` : '';
  return pseudonymOf(path, keys) + kept;
}

export const isPseudonym = (text: string): boolean =>
  /^k1:[0-9a-f]{8}:[A-Za-z0-9_-]{22}(?:\.[a-z0-9]+)?$/.test(text);

/** The names of one event as they were, by what they are. */
export type Names = Readonly<Record<string, string | readonly string[]>>;

/**
 * Seals names to the recipient: X25519, HKDF-SHA-256, AES-256-GCM. The ephemeral half lives as long as
 * this function's result and is written nowhere, so this process itself cannot open what it sealed.
 */
export function createSealer(keys: PrivacyKeys): (names: Names) => string {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const ephemeral = x25519Bytes(publicKey);
  const key = sealingKey(privateKey, keys.recipient, ephemeral);
  return (names) => {
    const text = Buffer.from(JSON.stringify(names), 'utf8');
    const padded = Buffer.alloc(Math.ceil((text.length + 1) / PADDING) * PADDING, 0x20);
    text.copy(padded);
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(keys.id));
    const sealed = Buffer.concat([cipher.update(padded), cipher.final()]);
    const whole = Buffer.concat([ephemeral, nonce, sealed, cipher.getAuthTag()]);
    return `s1:${keys.id}:${whole.toString('base64url')}`;
  };
}

/** The names again, or undefined where the keys are not those it was sealed to, or a bit of it changed. */
export function openNames(sealed: string, keys: PrivacyKeys): Names | undefined {
  const [scheme, id, text = ''] = sealed.split(':');
  if (scheme !== 's1' || id !== keys.id || keys.identity === undefined) return undefined;
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length < EPHEMERAL + NONCE + TAG) return undefined;
  const ephemeral = bytes.subarray(0, EPHEMERAL);
  const nonce = bytes.subarray(EPHEMERAL, EPHEMERAL + NONCE);
  try {
    const key = sealingKey(keys.identity, x25519PublicKey(ephemeral), ephemeral);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce)
      .setAAD(Buffer.from(id))
      .setAuthTag(bytes.subarray(-TAG));
    const body = bytes.subarray(EPHEMERAL + NONCE, -TAG);
    const opened = Buffer.concat([decipher.update(body), decipher.final()]);
    return JSON.parse(opened.toString('utf8')) as Names;
  } catch {
    // Garbled, or sealed under a key that only shares the id: either way it cannot be named here.
    return undefined;
  }
}
