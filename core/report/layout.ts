/** Columns a character takes: two for the wide scripts of East Asia and for emoji, none for marks. */
function columnsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/\p{M}/u.test(character)) return 0;
  return code >= 0x1100 &&
    /\p{scx=Hang}|\p{scx=Hani}|\p{scx=Hira}|\p{scx=Kana}|\p{Emoji_Presentation}|[\uff01-\uff60\uffe0-\uffe6]/u.test(
      character,
    )
    ? 2
    : 1;
}

export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

/** The longest beginning of a text that fits into so many columns. */
export function headOf(text: string, columns: number): string {
  let width = 0;
  let head = '';
  for (const character of text) {
    width += columnsOf(character);
    if (width > columns) break;
    head += character;
  }
  return head;
}

function tailOf(text: string, columns: number): string {
  const characters = Array.from(text);
  let width = 0;
  let start = characters.length;
  while (start > 0) {
    width += columnsOf(characters[start - 1] ?? '');
    if (width > columns) break;
    start -= 1;
  }
  return characters.slice(start).join('');
}

/** The text with its middle left out where it is too wide: both ends of a path say the most. */
export function shorten(text: string, columns: number, ellipsis: string): string {
  if (widthOf(text) <= columns) return text;
  const room = Math.max(columns - ellipsis.length, 2);
  const tail = Math.ceil(room * 0.6);
  return headOf(text, room - tail) + ellipsis + tailOf(text, tail);
}

/** Words in lines of at most so many columns; a word that is wider than a line is cut. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').filter((part) => part !== '')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (widthOf(joined) <= columns) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (widthOf(line) > columns) {
      const head = headOf(line, columns);
      lines.push(head);
      line = line.slice(head.length);
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}
