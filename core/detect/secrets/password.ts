import { isPlaceholder } from './placeholder.ts';
import { entropy } from './randomness.ts';
import { wordiness } from './wordiness.ts';

const NO_HOST =
  /(?:^|[.\-_])(?:example|test|invalid|foo|bar|your|my|some|host|hostname|server|domain|proxy)(?:$|[.\-_:\d])|^(?:localhost|127\.|0\.0\.0\.0|\[?::1)/i;

/** Whether a host stands for any host, in documentation, or for this machine. */
export function isStandInHost(host: string): boolean {
  return NO_HOST.test(host);
}

/** What base64 hides from the tests below: examples like to encode `not a real password`. */
function decodeText(text: string): string | undefined {
  if (text.length < 12 || !/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  const inside = Buffer.from(text, 'base64').toString('latin1');
  return /^[\x20-\x7e]{8,}$/.test(inside) ? inside : undefined;
}

/**
 * Whether people or machines would use this as a password, rather than write it where one would
 * stand: eight characters or more, of two kinds, not made of words, no template.
 */
export function isPassword(text: string): boolean {
  if (text.length < 8 || isPlaceholder(text)) return false;
  const inside = decodeText(text);
  if (inside !== undefined) return isPassword(inside);
  const plain = text.replace(/%[0-9A-Fa-f]{2}/g, '!');
  // `password123`, `admin2024!`: a word and some digits are what examples look like.
  for (const reading of [plain, unleet(plain)]) {
    if (wordiness(reading) >= 0.45 || /passw|secret|admin|user/i.test(reading)) return false;
  }
  return isMixed(plain) && entropy(plain) >= Math.min(3, Math.log2(plain.length) * 0.8);
}

const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
};

/** `p4ssw0rd` as the word it is, where it is one: digits inside letters, not at the end. */
const unleet = (text: string) =>
  text.replace(/(?<=[a-z])[0134579@$](?=[a-z])/g, (sign) => LEET[sign] ?? sign);

/** Letters with digits; or both cases with a sign inside, or long enough to be drawn. */
function isMixed(text: string): boolean {
  if (!/[A-Za-z]/.test(text)) return false;
  if (/[0-9]/.test(text)) return true;
  if (!/[a-z]/.test(text) || !/[A-Z]/.test(text)) return false;
  const sign = /[^A-Za-z._-]/.test(text.slice(1, -1));
  return wordiness(text) < 0.25 && (sign || text.length >= 16);
}
