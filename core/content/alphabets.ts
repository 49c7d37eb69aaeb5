/** Tables from a byte to what it stands for; NOT_IN where it stands for nothing. */
export const NOT_IN = 255;

export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const LOWER = 'abcdefghijklmnopqrstuvwxyz';
export const DIGITS = '0123456789';

function tableOf(...alphabets: readonly string[]): Uint8Array {
  const table = new Uint8Array(256).fill(NOT_IN);
  for (const alphabet of alphabets) {
    for (let value = 0; value < alphabet.length; value += 1)
      table[alphabet.charCodeAt(value)] = value;
  }
  return table;
}

/** RFC 4648 base64 and base64url in one: no text mixes them, and no reader is misled if one does. */
export const BASE64_VALUES = tableOf(`${UPPER}${LOWER}${DIGITS}+/`, `${UPPER}${LOWER}${DIGITS}-_`);

/** RFC 4648 base32. */
export const BASE32_VALUES = tableOf(`${UPPER}234567`);

/** Hexadecimal digits of either case. */
export const HEX_VALUES = tableOf(`${DIGITS}abcdef`, `${DIGITS}ABCDEF`);

/** 1 for every byte that printable ASCII text is made of, tabs and line ends included. */
export const PRINTABLE = new Uint8Array(256);
for (let byte = 0x20; byte < 0x7f; byte += 1) PRINTABLE[byte] = 1;
for (const byte of [9, 10, 13]) PRINTABLE[byte] = 1;
