import { isPlain } from '../messages/index.ts';
import { headOf, widthOf, wrap } from './layout.ts';

const SAFE_WORD = /^[A-Za-z0-9_./@%+=:,-]+$/;
const PATHSPEC_MAGIC = /[*?[\]\\]/;

/** One word for a POSIX shell: quoted where anything but letters and a few signs stands in it. */
export function shellWord(text: string): string {
  return SAFE_WORD.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * A path from the repository's top as git reads it on a command line in any of its folders, quoted
 * for the shell; undefined where it holds characters that cannot be shown, so that nobody pastes
 * what they cannot see. `:/` is git's sign for the top (gitglossary, pathspec).
 */
export function gitPath(path: string, isAscii: boolean): string | undefined {
  if (!isPlain(path) || path.includes('\ufffd') || path === '') return undefined;
  if (isAscii && !/^[\u0020-\u007e]*$/.test(path)) return undefined;
  const magic = !/^[\p{L}\p{N}.]/u.test(path) || PATHSPEC_MAGIC.test(path);
  return shellWord(magic ? `:(top,literal)${path}` : `:/${path}`);
}

/** A value for YAML in single quotes. */
export function yamlWord(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** True where a glob would match this path and no other, and can be shown as it is. */
export function isGlobSafe(path: string, isAscii: boolean): boolean {
  if (isAscii && !/^[\u0020-\u007e]*$/.test(path)) return false;
  return isPlain(path) && !path.includes('\ufffd') && !/[*?[\]{}()!+@\\|#]/.test(path);
}

/** Words as the shell sees them; spaces within single quotes belong to the word. */
function splitWords(command: string): string[] {
  const words: string[] = [];
  let word = '';
  let quoted = false;
  let escaped = false;
  for (const character of command) {
    if (character === "'" && !escaped) quoted = !quoted;
    escaped = character === '\\' && !quoted && !escaped;
    if (character === ' ' && !quoted) {
      words.push(word);
      word = '';
    } else word += character;
  }
  words.push(word);
  return words.filter((one) => one !== '');
}

const unquote = (word: string) =>
  word.startsWith("'") ? word.slice(1, -1).replaceAll(String.raw`'\''`, "'") : word;

/** Pieces of one word, each quoted for itself and at most so many columns wide. */
function pieces(word: string, columns: number): string[] {
  const found: string[] = [];
  let rest = unquote(word);
  while (rest !== '') {
    let head = headOf(rest, columns);
    while (head.length > 1 && widthOf(shellWord(head)) > columns)
      head = headOf(head, widthOf(head) - 1);
    // One character must come off each time, however narrow the terminal.
    if (head === '') head = Array.from(rest)[0] ?? rest;
    found.push(shellWord(head));
    rest = rest.slice(head.length);
  }
  return found;
}

/** Steps of a command, each with the `&&` that joins it to the next. */
function splitSteps(command: string): string[][] {
  const steps: string[][] = [[]];
  for (const word of splitWords(command)) {
    steps.at(-1)?.push(word);
    if (word === '&&') steps.push([]);
  }
  return steps;
}

/**
 * A command in lines of at most so many columns, still one command when pasted: a shell joins lines
 * that end in `&&` or a backslash, so a word that is too wide is cut there and goes on in the first
 * column. Breaks after `&&` where that is enough.
 */
export function commandLines(command: string, columns: number, indent: string): string[] {
  if (widthOf(indent + command) <= columns) return [indent + command];
  const lines: string[] = [];
  let line = indent;
  const isEmpty = () => line.trim() === '';
  for (const step of splitSteps(command)) {
    const whole = step.join(' ');
    if (!isEmpty() && widthOf(`${line} ${whole}`) > columns - 2) {
      lines.push(line.endsWith('&&') ? line : `${line} \\`);
      line = indent;
    }
    for (const word of step) {
      const gap = isEmpty() ? '' : ' ';
      if (widthOf(line + gap + word) <= columns - 2) {
        line += gap + word;
        continue;
      }
      if (gap !== '') lines.push(`${line} \\`);
      line = indent + word;
      if (widthOf(line) <= columns - 2) continue;
      const cut = pieces(word, columns - 3);
      lines.push(...cut.slice(0, -1).map((piece) => `${piece}\\`));
      line = cut.at(-1) ?? '';
    }
  }
  return [...lines, line];
}

/** A line of YAML in lines of at most so many columns, broken where flow style may be broken. */
export function yamlLines(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of text.split(/(?<=,) (?=[a-z]+: |')/)) {
    const joined = line === '' ? part : `${line} ${part}`;
    if (line === '' || widthOf(joined) <= columns) line = joined;
    else {
      lines.push(line);
      line = part;
    }
  }
  return [...lines, line].flatMap((one) => wrap(one, columns));
}
