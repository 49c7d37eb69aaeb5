import { transform } from 'esbuild';
import { dedent, indentOf } from '../lines.ts';
import { join, tokenise, type Token } from '../tokenise.ts';
import type { Disguise, Transform } from './transform.ts';

const layout = (
  name: string,
  change: NonNullable<Transform['change']>,
  languages?: readonly string[],
): Transform => ({
  name,
  group: 'layout',
  change,
  ...(languages === undefined ? {} : { languages }),
});

/** Changes the steps of indentation, whatever they are, to another width. */
const indentBy =
  (unit: string) =>
  (lines: readonly string[]): readonly string[] => {
    const flat = dedent(lines);
    const step = Math.min(...flat.map(indentOf).filter((depth) => depth > 1), 8);
    return flat.map((line) => {
      const depth = indentOf(line);
      return unit.repeat(Math.floor(depth / step)) + ' '.repeat(depth % step) + line.slice(depth);
    });
  };

export function withoutComments(lines: readonly string[], { language }: Disguise): string[] {
  const tokens = tokenise(lines.join('\n'), language);
  const kept = tokens.map((token, i) => {
    const opensStatement = ['line', undefined].includes(before(tokens, i)?.kind);
    const isDocstring =
      language.tripleQuotes && opensStatement && /^[a-z]{0,2}(?:"""|''')/iu.test(token.text);
    return token.kind === 'comment' || isDocstring ? { ...token, text: '' } : token;
  });
  return join(kept)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

function before(tokens: readonly Token[], i: number): Token | undefined {
  let at = i - 1;
  while (tokens[at]?.kind === 'space') at--;
  return tokens[at];
}

const MIGHT_SAY = [
  'Dies hier wird spaeter noch gebraucht, vorerst bleibt es so',
  'premier passage sur les valeurs, puis la suite',
  '先计算每个块的大小再合并结果',
  'step one of what comes next, see the notes',
];

function translated(lines: readonly string[], { language, random }: Disguise): string[] {
  const tokens = tokenise(lines.join('\n'), language).map((token) =>
    token.kind === 'comment' && token.text.startsWith(language.lineComment)
      ? { ...token, text: `${language.lineComment} ${random.pick(MIGHT_SAY)}` }
      : token,
  );
  return join(tokens)
    .split('\n')
    .flatMap((line) =>
      random.chance(0.25)
        ? [' '.repeat(indentOf(line)) + `${language.lineComment} ${random.pick(MIGHT_SAY)}`, line]
        : [line],
    );
}

function otherQuotes(text: string): string {
  if (/^[a-z]{0,2}(?:"""|''')/iu.test(text) || text.length < 2) return text;
  if (text.startsWith("'") && !text.includes('"')) return `"${text.slice(1, -1)}"`;
  if (text.startsWith('"') && !text.includes("'")) return `'${text.slice(1, -1)}'`;
  return text;
}

/** Breaks lines after commas and open brackets, joins none: as a formatter set to a narrow page. */
function rewrapped(lines: readonly string[], { language }: Disguise): string[] {
  return lines.flatMap((line) => {
    let depth = 0;
    let text = '';
    for (const token of tokenise(line, language)) {
      const isOpen = '([{'.includes(token.text) && token.kind === 'mark';
      if (isOpen) depth++;
      if (')]}'.includes(token.text) && token.kind === 'mark') depth--;
      text += token.kind === 'string' ? otherQuotes(token.text) : token.text;
      if ((isOpen || token.text === ',') && depth > 0) {
        text += `\n${' '.repeat(indentOf(line) + 4 * depth)}`;
      }
    }
    return text.split('\n').map((part) => part.trimEnd());
  });
}

/** A trailing comma before each bracket that closes a line's list. */
const trailingCommas = (lines: readonly string[]): string[] =>
  lines.map((line) => line.replace(/([\w'"])(\)|\]|\})(?=[;:,)\]}]*$)/u, '$1,$2'));

/** `x: T = 1` to `x = 1`, `-> T` gone: by form, since a snippet need not parse. */
const withoutHints = (lines: readonly string[]): string[] =>
  lines.map((line) =>
    line
      .replaceAll(/\s*->\s*[^:]+(?=:\s*$)/gu, '')
      .replaceAll(/(?<=[(,]\s*\*{0,2}\w+)\s*:\s*[\w.[\], |"]+?(?=\s*[,)=])/gu, '')
      .replace(/^(\s*[\w.]+)\s*:\s*[\w.[\], |"]+?(?=\s*=[^=])/u, '$1'),
  );

export async function printedPython(
  lines: readonly string[],
  { printer }: Disguise,
): Promise<string[] | undefined> {
  const printed = await printer?.print(dedent(lines).join('\n'));
  return printed?.split('\n');
}

/** From the syntax tree: types and comments go, layout, quotes and brackets are the printer's. */
export async function printedScript(lines: readonly string[]): Promise<string[] | undefined> {
  try {
    const { code } = await transform(dedent(lines).join('\n'), {
      loader: 'ts',
      logLevel: 'silent',
      target: 'esnext',
      format: 'esm',
      tsconfigRaw: '{"compilerOptions":{"verbatimModuleSyntax":true}}',
    });
    return code.trimEnd() === '' ? undefined : code.trimEnd().split('\n');
  } catch {
    // A snippet cut from the middle of a file need not parse; another is taken.
    return undefined;
  }
}

export const layoutTransforms: readonly Transform[] = [
  layout('verbatim', (lines) => lines),
  layout('indented by tabs', indentBy('\t')),
  layout('indented by two', indentBy('  ')),
  layout('indented by eight', indentBy('        ')),
  layout('re-wrapped, other quotes', rewrapped),
  layout('trailing commas', trailingCommas),
  layout('type hints gone', withoutHints, ['python']),
  layout('comments stripped', withoutComments),
  layout('comments translated, added', translated),
  {
    name: 'printed from its tree',
    group: 'layout',
    first: (lines, disguise) =>
      disguise.language.id === 'python' ? printedPython(lines, disguise) : printedScript(lines),
    languages: ['python', 'typescript'],
  },
];
