/** What a private key's armour holds. `value`: its base64 without line breaks or escapes. */
export interface KeyBody {
  readonly value: string;
  /** Index behind the last character that belongs to the key. */
  readonly end: number;
  readonly encrypted: boolean;
}

const LONGEST_BODY = 16 * 1024;

/**
 * Reads base64 behind an armour's first line as it stands in files, JSON strings, YAML blocks,
 * concatenated literals, comments, quoted mail and URLs, until something that is none of those.
 */
function readBase64(text: string, from: number): { value: string; end: number; headers: string } {
  let value = '';
  let headers = '';
  let line = 0;
  let i = from;
  const skip =
    /(?:\\{1,8}(?:[nrt]|u000[ad]|x0[ad])|\s|&#(?:10|13|x[aAdD]);|%0[aAdD]|["'`][\s+.,()\\]{0,64}["'`]|["'`\\,#>|*;]|\/\/ )+/y;
  const header = /([A-Za-z-]{3,20}): ?([^\n\\]{0,200})/y;
  const base64 = /[A-Za-z0-9+/=]+|%2[bBfF]|%3[dD]/y;
  while (i < text.length && value.length < LONGEST_BODY) {
    skip.lastIndex = i;
    if (skip.test(text)) {
      i = skip.lastIndex;
      line = value.length;
    }
    header.lastIndex = i;
    const named = line === value.length ? header.exec(text) : null;
    if (named !== null) {
      headers += `${named[0]}\n`;
      i = header.lastIndex;
      continue;
    }
    base64.lastIndex = i;
    const piece = base64.exec(text);
    if (piece === null) break;
    value += piece[0].startsWith('%') ? decodeURIComponent(piece[0]) : piece[0];
    i = base64.lastIndex;
  }
  return { value, end: i, headers };
}

/** Length of a DER element with its header, and where its content starts. */
function derElement(
  bytes: Buffer,
  at: number,
): { tag: number; start: number; end: number } | undefined {
  const tag = bytes[at];
  const first = bytes[at + 1];
  if (tag === undefined || first === undefined) return undefined;
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
  const count = first & 0x7f;
  if (count === 0 || count > 3 || at + 2 + count > bytes.length) return undefined;
  const start = at + 2 + count;
  return { tag, start, end: start + bytes.readUIntBE(at + 2, count) };
}

/** Part of the key that must be there: with less, nobody can use it. */
const WHOLE_ENOUGH = 0.6;

/** PKCS#1, PKCS#8, SEC 1 and DSA: a sequence that opens with a version. Encrypted PKCS#8: with another sequence. */
function readDer(bytes: Buffer): 'clear' | 'encrypted' | undefined {
  const outer = derElement(bytes, 0);
  if (outer === undefined || outer.tag !== 0x30 || outer.end < 40) return undefined;
  if (bytes.length < outer.end * WHOLE_ENOUGH) return undefined;
  const inner = derElement(bytes, outer.start);
  if (inner?.tag === 0x30) return 'encrypted';
  return inner?.tag === 0x02 && inner.end - inner.start === 1 ? 'clear' : undefined;
}

const OPENSSH_MAGIC = 'openssh-key-v1\0';

function readOpenssh(bytes: Buffer): 'clear' | 'encrypted' | undefined {
  const at = OPENSSH_MAGIC.length;
  if (bytes.toString('latin1', 0, at) !== OPENSSH_MAGIC || bytes.length < at + 60) return undefined;
  const length = bytes.readUInt32BE(at);
  return bytes.toString('latin1', at + 4, at + 4 + length) === 'none' ? 'clear' : 'encrypted';
}

const OPENPGP_INTEGERS: Readonly<Record<number, number>> = { 1: 2, 2: 2, 3: 2, 16: 3, 17: 4 };

/** RFC 9580: a secret-key packet; the octet behind its public half says how the rest is encrypted. */
function readOpenpgp(bytes: Buffer): 'clear' | 'encrypted' | undefined {
  const tag = bytes[0] ?? 0;
  const old = (tag & 0xc0) === 0x80;
  if ((old ? (tag >> 2) & 15 : tag & 0x3f) !== 5 || tag < 0x80 || bytes.length < 60)
    return undefined;
  const width = bytes[1] ?? 0;
  let at = old ? 1 + (1 << (tag & 3)) : width < 192 ? 2 : width < 224 ? 3 : 6;
  const integers = OPENPGP_INTEGERS[bytes[at + 5] ?? 0];
  if (bytes[at] !== 4 || integers === undefined) return 'encrypted';
  at += 6;
  for (let i = 0; i < integers; i++) {
    if (at + 2 > bytes.length) return undefined;
    at += 2 + ((bytes.readUInt16BE(at) + 7) >> 3);
  }
  return bytes[at] === 0 ? 'clear' : 'encrypted';
}

/** Reads and checks the key that begins behind an armour line of this kind, at `from`. */
export function readKeyBody(text: string, from: number, kind: string): KeyBody | undefined {
  const { value, end, headers } = readBase64(text, from);
  const bytes = Buffer.from(value, 'base64');
  if (/ENCRYPTED/.test(headers)) {
    return bytes.length >= 40 ? { value, end, encrypted: true } : undefined;
  }
  const state = kind.includes('OPENSSH')
    ? readOpenssh(bytes)
    : kind.includes('PGP')
      ? readOpenpgp(bytes)
      : readDer(bytes);
  return state === undefined ? undefined : { value, end, encrypted: state === 'encrypted' };
}
