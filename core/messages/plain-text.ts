// A file name may hold `\r`, an escape sequence or a right-to-left override, and so draw a false
// verdict over the true one. What is shown never holds a character that moves the cursor, hides
// itself or reorders its neighbours.
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;
const NOT_ASCII = /[^\u0020-\u007e]/gu;

function escapeOne(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code === 0x0a) return '\\n';
  if (code === 0x09) return '\\t';
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

/** The text on one line, with every control, invisible or reordering character shown as an escape. */
export function plainText(text: string): string {
  return text.replace(UNSAFE, escapeOne);
}

/** As `plainText`, and nothing outside printable ASCII: what a `remote:` line may hold. */
export function plainAscii(text: string): string {
  return plainText(text).replace(NOT_ASCII, escapeOne);
}

/** True where `plainText` would leave the text as it is. */
export function isPlain(text: string): boolean {
  return plainText(text) === text;
}
