import { createCipheriv, createHash, generateKeyPairSync } from 'node:crypto';
import { base62Crc, bech32Tail } from './checksum.ts';

/**
 * Cases are templates: no credential stands whole in this repository, so that no scanner, ours
 * included, stops a push of it. `{{alnum:34}}` is drawn from a generator seeded by the case's name.
 */
export interface Draw {
  /** A whole number below `limit`. */
  below(limit: number): number;
  text(alphabet: string, length: number): string;
  bytes(length: number): Buffer;
}

/** A repeatable stream of random numbers. */
export function drawFrom(seed: string): Draw {
  let block = createHash('sha256').update(seed).digest();
  let at = 0;
  const byte = () => {
    if (at === block.length) {
      block = createHash('sha256').update(block).digest();
      at = 0;
    }
    return block[at++] ?? 0;
  };
  const below = (limit: number) => ((byte() << 16) | (byte() << 8) | byte()) % limit;
  return {
    below,
    text: (alphabet, length) =>
      Array.from({ length }, () => alphabet[below(alphabet.length)]).join(''),
    bytes: (length) => Buffer.from(Array.from({ length }, byte)),
  };
}

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const ALNUM = LOWER + LOWER.toUpperCase() + DIGITS;

const alphabets: Readonly<Record<string, string>> = {
  alnum: ALNUM,
  lower: LOWER + DIGITS,
  letters: LOWER + LOWER.toUpperCase(),
  hex: `${DIGITS}abcdef`,
  upper: LOWER.toUpperCase() + DIGITS,
  base32: `${LOWER.toUpperCase()}234567`,
  base64: `${ALNUM}+/`,
  base64url: `${ALNUM}-_`,
  digits: DIGITS,
  bech32: 'qpzry9x8gf2tvdw0s3jn54khce6mua7l',
  password: `${ALNUM}!#*+-.`,
};

type Maker = (argument: string, draw: Draw) => string;

const keys = new Map<string, string>();
function pem(kind: string): string {
  let key = keys.get(kind);
  if (key === undefined) {
    key = makePem(kind).trimEnd();
    keys.set(kind, key);
  }
  return key;
}

function makePem(kind: string): string {
  const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
  const ec = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  switch (kind) {
    case 'rsa':
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export({ type: 'pkcs1', format: 'pem' })
        .toString();
    case 'pkcs8':
      return generateKeyPairSync('rsa', { modulusLength: 2048 })
        .privateKey.export(pkcs8)
        .toString();
    case 'ed25519':
      return generateKeyPairSync('ed25519').privateKey.export(pkcs8).toString();
    case 'ec':
      return ec().export({ type: 'sec1', format: 'pem' }).toString();
    case 'encrypted':
      return ec()
        .export({ ...pkcs8, cipher: 'aes-256-cbc', passphrase: 'x' })
        .toString();
    case 'public':
      return generateKeyPairSync('ed25519')
        .publicKey.export({ type: 'spki', format: 'pem' })
        .toString();
    default:
      throw new Error(`no such key: ${kind}`);
  }
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** An OpenSSH private key file: `cipher` none or aes256-ctr. */
function openssh(cipher: string, draw: Draw): string {
  const text = (value: string | Buffer) => {
    const bytes = Buffer.from(value);
    return Buffer.concat([uint32(bytes.length), bytes]);
  };
  const body = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    text(cipher),
    text(cipher === 'none' ? 'none' : 'bcrypt'),
    text(cipher === 'none' ? '' : draw.bytes(24)),
    uint32(1),
    text(Buffer.concat([text('ssh-ed25519'), text(draw.bytes(32))])),
    text(draw.bytes(136)),
  ]);
  const lines = body.toString('base64').match(/.{1,70}/g) ?? [];
  const name = 'OPENSSH PRIVATE';
  return [`-----BEGIN ${name} KEY-----`, ...lines, `-----END ${name} KEY-----`].join('\n');
}

function jwt(claims: string, draw: Draw): string {
  const part = (value: string) => Buffer.from(value).toString('base64url');
  const header = part('{"alg":"HS256","typ":"JWT"}');
  return `${header}.${part(claims)}.${draw.bytes(32).toString('base64url')}`;
}

/** A version 2 macaroon as PyPI packs it: location, identifier, one caveat, signature. */
function pypi(host: string, draw: Draw): string {
  const field = (type: number, value: Buffer) =>
    Buffer.concat([Buffer.from([type, value.length]), value]);
  const end = Buffer.from([0]);
  const body = Buffer.concat([
    Buffer.from([2]),
    field(1, Buffer.from(host)),
    field(2, Buffer.from(draw.text(alphabets['hex'] ?? '', 36))),
    end,
    field(2, Buffer.from('[3, "0d9d7a2e"]')),
    end,
    end,
    field(6, draw.bytes(32)),
  ]);
  return `pypi-${body.toString('base64url')}`;
}

function uuid(draw: Draw): string {
  return draw
    .bytes(16)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

// The key under which rclone only hides passwords from a glance; it stands in rclone's source.
const OBSCURED_WITH = '9c935b48730a554d6bfd7c63c886a92bd390198eb8128afbf4de162b8b95f638';

function rclone(password: string, draw: Draw): string {
  const iv = draw.bytes(16);
  const cipher = createCipheriv('aes-256-ctr', Buffer.from(OBSCURED_WITH, 'hex'), iv);
  return Buffer.concat([iv, cipher.update(password)]).toString('base64url');
}

/** Marks the place a key is told at: behind `BEGIN `. */
const marked = (key: string, mark: string) => key.replace('-BEGIN ', `-BEGIN ${mark}`);

const makers: Readonly<Record<string, Maker>> = {
  crc: (_, draw) => {
    const random = draw.text(ALNUM, 30);
    return random + base62Crc(random);
  },
  uuid: (_, draw) => uuid(draw),
  age: (_, draw) => {
    const data = draw.text(alphabets['bech32'] ?? '', 52);
    return `1${data}${bech32Tail('age-secret-key-', data)}`.toUpperCase();
  },
  pem: (kind) => pem(kind),
  pemline: (kind) => pem(kind).replaceAll('\n', '\\n'),
  pemjson: (kind) => JSON.stringify(pem(kind)).slice(1, -1),
  openssh,
  keyfile: (kind) => marked(pem(kind), '⟦'),
  keyline: (kind) => marked(pem(kind).replaceAll('\n', '\\n'), '⟦'),
  lockedfile: (kind) => marked(pem(kind), '⟦warn:'),
  sshfile: (cipher, draw) => marked(openssh(cipher, draw), cipher === 'none' ? '⟦' : '⟦warn:'),
  jwt,
  pypi,
  rclone,
  b64: (text) => Buffer.from(text).toString('base64'),
  b64pem: (kind) => Buffer.from(`${pem(kind)}\n`).toString('base64'),
  url: (text) => encodeURIComponent(text),
  join: (text) => text.replaceAll('~', ''),
};

function fill(name: string, argument: string, draw: Draw): string {
  const alphabet = alphabets[name];
  if (alphabet !== undefined) return draw.text(alphabet, Number(argument));
  const maker = makers[name];
  if (maker === undefined) throw new Error(`no such placeholder: ${name}`);
  return maker(argument, draw);
}

export interface Expected {
  readonly start: number;
  readonly severity: 'block' | 'warn';
}

/** A case ready to be searched: its text, and where findings of its rule are expected. */
export interface Case {
  readonly text: string;
  readonly expected: readonly Expected[];
}

/**
 * Fills a template. `⟦` stands before each value that must be found, `⟦warn:` where it only warns.
 * Innermost placeholders are filled first, so `{{b64:{{alnum:8}}}}` works.
 */
export function fillTemplate(template: string, seed: string): Case {
  const draw = drawFrom(seed);
  let text = template;
  const innermost = /\{\{([a-z0-9]+):([^{}]*|\{(?!\{)[^{}]*\})\}\}/;
  for (let found = innermost.exec(text); found !== null; found = innermost.exec(text)) {
    const [whole, name = '', argument = ''] = found;
    text = text.replace(whole, () => fill(name, argument, draw));
  }
  const expected: Expected[] = [];
  let plain = '';
  for (const part of text.split(/(⟦(?:warn:)?)/)) {
    if (part.startsWith('⟦')) {
      expected.push({
        start: Buffer.byteLength(plain),
        severity: part === '⟦' ? 'block' : 'warn',
      });
    } else plain += part;
  }
  return { text: plain, expected };
}
