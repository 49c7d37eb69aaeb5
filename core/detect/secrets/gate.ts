import { bytesOf, charset } from './charset.ts';

const name = charset('name');
const token = charset('wide');
const separators = bytesOf(' \t"\'`=:>(,[{\\])|');
const NAME_TAIL = 40;
const SEPARATORS = 24;

/** Whether `count` bytes from `at` on are all of the alphabet. */
export function hasRun(bytes: Uint8Array, at: number, count: number, table: Uint8Array): boolean {
  if (at + count > bytes.length) return false;
  for (let i = at; i < at + count; i++) if (table[bytes[i]!] !== 1) return false;
  return true;
}

/**
 * Whether a name that goes on at `at` is followed by something like an assignment of at least
 * `least` token characters, perhaps with a second name between (`Client(api_key="…"`, `key: str =`).
 * Costs some twenty byte tests, so that words as common as `token` never reach a regular expression
 * in ordinary text.
 */
export function isAssigned(bytes: Uint8Array, at: number, least: number): boolean {
  const length = bytes.length;
  let i = at;
  for (let names = 0; names < 3; names++) {
    const tail = Math.min(length, i + NAME_TAIL);
    while (i < tail && name[bytes[i]!] === 1) i++;
    const first = i;
    const end = Math.min(length, i + SEPARATORS);
    while (i < end && separators[bytes[i]!] === 1) i++;
    if (i === first) return false;
    if (hasRun(bytes, i, least, token)) return true;
  }
  return false;
}

const endsAuthority = bytesOf('/?# \t\r\n"\'<>`\\');
const LONGEST_USERINFO = 256;

/** Whether `user:password@` stands at `at`, where a URL's authority begins. */
export function hasUserInfo(bytes: Uint8Array, at: number): boolean {
  const end = Math.min(bytes.length, at + LONGEST_USERINFO);
  let colon = false;
  for (let i = at; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === 0x40) return colon;
    if (byte === 0x3a) colon = true;
    else if (endsAuthority[byte] === 1) return false;
  }
  return false;
}
