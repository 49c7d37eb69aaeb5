import { indentOf } from '../lines.ts';
import { renameAll, renameLocals } from '../rename.ts';
import { join, tokenise, type Token } from '../tokenise.ts';
import { printedPython, printedScript, withoutComments } from './layout.ts';
import { dedent } from '../lines.ts';
import type { Disguise, Group, Transform } from './transform.ts';

const make = (
  name: string,
  group: Group,
  change: NonNullable<Transform['change']>,
  languages?: readonly string[],
): Transform => ({ name, group, change, ...(languages === undefined ? {} : { languages }) });

/** What a hand does to a line: other words, a word more, another line, or none. */
function editLine(line: string, disguise: Disguise): string[] {
  const { random, language, foreign } = disguise;
  const indent = ' '.repeat(indentOf(line));
  const way = random.below(10);
  if (way < 2) return [];
  if (way < 4) return [indent + random.pick(foreign).trim()];
  const tokens = tokenise(line, language);
  const words = tokens
    .map((token, i) => ({ token, i }))
    .filter(({ token }) => token.kind === 'word' && !language.keywords.has(token.text));
  if (words.length === 0) return [indent + random.pick(foreign).trim()];
  const chosen = new Set([random.pick(words).i, random.pick(words).i]);
  const replaced = tokens.map((token, i): Token =>
    chosen.has(i) ? { ...token, text: `${token.text.slice(0, 2)}_edited` } : token,
  );
  return way < 8 ? [join(replaced)] : [join(replaced), indent + random.pick(foreign).trim()];
}

const edited =
  (share: number) =>
  (lines: readonly string[], disguise: Disguise): string[] => {
    const count = Math.max(1, Math.round(lines.length * share));
    const chosen = new Set(disguise.random.shuffle([...lines.keys()]).slice(0, count));
    return lines.flatMap((line, i) => (chosen.has(i) ? editLine(line, disguise) : [line]));
  };

const everyFourth = (lines: readonly string[], disguise: Disguise): string[] =>
  lines.flatMap((line, i) => (i % 4 === 3 ? editLine(line, disguise) : [line]));

const foreignAfterThird = (lines: readonly string[], { foreign, random }: Disguise): string[] =>
  lines.flatMap((line, i) =>
    i % 3 === 2 ? [line, ' '.repeat(indentOf(line)) + random.pick(foreign).trim()] : [line],
  );

function blocksOfFour(lines: readonly string[], { random }: Disguise): string[] {
  const blocks: string[][] = [];
  for (let i = 0; i < lines.length; i += 4) blocks.push(lines.slice(i, i + 4));
  return random.shuffle(blocks).flat();
}

/** Moves what begins at the outermost indentation of the copy. */
function partsMoved(lines: readonly string[], { random }: Disguise): string[] | undefined {
  const flat = dedent(lines);
  const parts: string[][] = [];
  for (const line of flat) {
    const opens = /^[\w@]/u.test(line) && indentOf(line) === 0;
    if (opens || parts.length === 0) parts.push([]);
    parts.at(-1)?.push(line);
  }
  return parts.length < 2 ? undefined : random.shuffle(parts).flat();
}

const LOGGING: Readonly<Record<string, string>> = {
  python: 'print("reached", flush=True)',
  typescript: "console.log('reached');",
  go: 'log.Println("reached")',
  rust: 'println!("reached");',
  java: 'System.err.println("reached");',
  shell: 'echo reached',
  yaml: 'note: reached',
};

const logged = (lines: readonly string[], { language, random }: Disguise): string[] =>
  lines.flatMap((line) =>
    random.chance(0.25)
      ? [line, ' '.repeat(indentOf(line)) + (LOGGING[language.id] ?? 'printf("reached\\n");')]
      : [line],
  );

const onTokens =
  (change: (token: Token, disguise: Disguise) => string) =>
  (lines: readonly string[], disguise: Disguise): string[] =>
    tokenise(lines.join('\n'), disguise.language)
      .map((token) => change(token, disguise))
      .join('')
      .split('\n');

const camel = ({ kind, text }: Token): string =>
  kind === 'word'
    ? text.replaceAll(/(?<=[a-z0-9])_([a-z])/gu, (_, letter: string) => letter.toUpperCase())
    : text;

const otherStrings = ({ kind, text }: Token, { random }: Disguise): string =>
  kind === 'string' && text.length > 2 && !/^[a-z]{0,2}(?:"""|'''|`)/iu.test(text)
    ? `${text.slice(0, 1)}other text ${random.below(1000)}${text.slice(-1)}`
    : text;

const otherNumbers = ({ kind, text }: Token, { random }: Disguise): string =>
  kind === 'number' ? String(random.below(500)) : text;

const renamed =
  (rename: typeof renameAll) =>
  (lines: readonly string[], { language, random }: Disguise): string[] =>
    rename(lines.join('\n'), language, random).split('\n');

async function renamedReprinted(
  lines: readonly string[],
  disguise: Disguise,
): Promise<readonly string[] | undefined> {
  const { language, random } = disguise;
  const bare = withoutComments(lines, disguise);
  const source = renameAll(bare.join('\n'), language, random).split('\n');
  if (language.id === 'python') return printedPython(source, disguise);
  if (language.id === 'typescript') return printedScript(source);
  return source.map((line) => line.replaceAll(/[ \t]+/gu, ' '));
}

export const editTransforms: readonly Transform[] = [
  make('every fourth line edited', 'edited', everyFourth),
  make('10 % of lines edited', 'edited', edited(0.1)),
  make('25 % of lines edited', 'edited', edited(0.25)),
  make('50 % of lines edited', 'edited', edited(0.5)),
  make('a foreign line after every third', 'edited', foreignAfterThird),
  make('blocks of four shuffled', 'edited', blocksOfFour),
  make('parts moved', 'edited', partsMoved),
  make('mixed with another source', 'edited', (lines, { other }) =>
    lines.flatMap((line, i) => (i % 8 === 7 ? [line, ...other.slice(i - 7, i - 3)] : [line])),
  ),
  make('log lines inserted', 'edited', logged),
  make('string literals changed', 'edited', onTokens(otherStrings)),
  make('numbers changed', 'edited', onTokens(otherNumbers)),
  make('snake_case to camelCase', 'renamed locals', onTokens(camel)),
  make('locals renamed', 'renamed locals', renamed(renameLocals)),
  make('every identifier renamed', 'renamed all', renamed(renameAll)),
  { name: 'renamed, bare, re-printed', group: 'renamed all', first: renamedReprinted },
];
