import type { Language } from './language.ts';

export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'comment' | 'space' | 'line' | 'mark';
  readonly text: string;
}

/**
 * Cuts source into tokens that join to the same text again. It is the generator's own: a copy that
 * the product's lexer misreads must not be disguised by the same misreading.
 */
export function tokenise(source: string, language: Language): Token[] {
  const pattern = patternOf(language);
  const tokens: Token[] = [];
  for (const match of source.matchAll(pattern)) {
    tokens.push({ kind: kindOf(match.groups ?? {}), text: match[0] });
  }
  return tokens;
}

export function join(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join('');
}

function kindOf(groups: Readonly<Record<string, string | undefined>>): Token['kind'] {
  if (groups['comment'] !== undefined) return 'comment';
  if (groups['string'] !== undefined) return 'string';
  if (groups['word'] !== undefined) return 'word';
  if (groups['number'] !== undefined) return 'number';
  if (groups['line'] !== undefined) return 'line';
  return groups['space'] === undefined ? 'mark' : 'space';
}

function patternOf(language: Language): RegExp {
  const comments: string[] = [];
  if (language.lineComment === '//') comments.push(String.raw`\/\/[^\n]*`);
  // In a shell, `$#` and `${x#y}` are no comments: one begins a word.
  else comments.push(String.raw`(?<![\w$\{#])#[^\n]*`);
  if (language.blockComments) comments.push(String.raw`\/\*[^]*?(?:\*\/|$)`);
  const strings: string[] = [];
  if (language.tripleQuotes) {
    strings.push(String.raw`[rbfuRBFU]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$))`);
  }
  const prefix = language.tripleQuotes ? '[rbfuRBFU]{0,2}' : '';
  strings.push(
    String.raw`${prefix}"(?:[^"\\\n]|\\[^])*(?:"|(?=\n)|$)`,
    // A Rust lifetime opens with a quote that nothing closes.
    String.raw`${prefix}'(?:[^'\\\n]|\\[^])*'`,
  );
  if (language.backticks) strings.push('`(?:[^`\\\\]|\\\\[^])*(?:`|$)');
  return new RegExp(
    [
      `(?<comment>${comments.join('|')})`,
      `(?<string>${strings.join('|')})`,
      String.raw`(?<word>[\p{L}_$][\p{L}\p{N}_$]*)`,
      String.raw`(?<number>\d[\w.]*)`,
      String.raw`(?<line>\r?\n)`,
      String.raw`(?<space>[^\S\n]+)`,
      '[^]',
    ].join('|'),
    'gu',
  );
}
