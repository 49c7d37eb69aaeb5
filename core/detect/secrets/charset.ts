const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';

const alphabets = {
  digits: DIGITS,
  hex: `${DIGITS}abcdefABCDEF`,
  base32: `${UPPER}234567`,
  upper: UPPER + DIGITS,
  alnum: LOWER + UPPER + DIGITS,
  base64: `${LOWER}${UPPER}${DIGITS}+/=`,
  base64url: `${LOWER}${UPPER}${DIGITS}-_`,
  token: `${LOWER}${UPPER}${DIGITS}-_.`,
  name: `${LOWER}${UPPER}${DIGITS}_-.`,
  word: `${LOWER}${UPPER}${DIGITS}_`,
  wide: `${LOWER}${UPPER}${DIGITS}-_.~+/=%:`,
} as const;

export type CharsetName = keyof typeof alphabets | 'visible' | 'printable';

function tableOf(alphabet: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const character of alphabet) table[character.charCodeAt(0)] = 1;
  return table;
}

const visible = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).join('');

function alphabetOf(name: CharsetName): string {
  if (name === 'visible') return visible;
  return name === 'printable' ? ` ${visible}` : alphabets[name];
}

const tables = new Map<string, Uint8Array>();

/** 1 for each byte of the alphabet, 0 for the others. */
export function charset(name: CharsetName): Uint8Array {
  let table = tables.get(name);
  if (table === undefined) {
    table = tableOf(alphabetOf(name));
    tables.set(name, table);
  }
  return table;
}

/** A table of any characters. */
export const bytesOf = tableOf;
