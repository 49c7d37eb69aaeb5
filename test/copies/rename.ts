import type { Language } from './language.ts';
import type { Random } from './random.ts';
import { join, tokenise, type Token } from './tokenise.ts';

const HEADS =
  'alpha batch chunk delta entry frame glyph host input job kernel lane merge node outer probe queue ratio slice total unit value width zone basis cargo depth edge flow grid'.split(
    ' ',
  );
const TAILS =
  'map list item ref info data part spec view size flag code mask step base kind slot path rank tree'.split(
    ' ',
  );

/** Gives every identifier that is no keyword a new name, the same one each time. */
export function renameAll(source: string, language: Language, random: Random): string {
  const names = createNames(random);
  return join(
    tokenise(source, language).map((token) =>
      token.kind === 'word' && !language.keywords.has(token.text)
        ? { ...token, text: names(token.text) }
        : token,
    ),
  );
}

/** Renames what the text itself brings into being: variables, parameters, functions, classes. */
export function renameLocals(source: string, language: Language, random: Random): string {
  const tokens = tokenise(source, language);
  const names = createNames(random);
  const own = definedIn(tokens, language);
  return join(
    tokens.map((token, i) =>
      token.kind === 'word' && own.has(token.text) && tokens[i - 1]?.text !== '.'
        ? { ...token, text: names(token.text) }
        : token,
    ),
  );
}

function createNames(random: Random): (old: string) => string {
  const given = new Map<string, string>();
  const used = new Set<string>();
  return (old) => {
    const known = given.get(old);
    if (known !== undefined) return known;
    let name = '';
    do {
      name = /^[A-Z]/u.test(old)
        ? capital(random.pick(HEADS)) + capital(random.pick(TAILS))
        : `${random.pick(HEADS)}_${random.pick(TAILS)}`;
      if (used.size > 300) name += String(used.size);
    } while (used.has(name));
    used.add(name);
    given.set(old, name);
    return name;
  };
}

const capital = (word: string): string => word.slice(0, 1).toUpperCase() + word.slice(1);

const DEFINERS = new Set(
  'def class for as function const let var func fn struct enum interface type mut'.split(' '),
);

function definedIn(tokens: readonly Token[], language: Language): Set<string> {
  const solid = tokens.filter(({ kind }) => kind !== 'space' && kind !== 'line');
  const own = new Set<string>();
  let parameters = 0;
  for (const [i, { kind, text }] of solid.entries()) {
    const before = solid[i - 1];
    const after = solid[i + 1];
    if (parameters > 0) {
      if (text === '(') parameters++;
      if (text === ')') parameters--;
    } else if (text === '(' && before?.kind === 'word' && isDefiner(solid[i - 2])) parameters = 1;
    if (kind !== 'word' || language.keywords.has(text) || before?.text === '.') continue;
    if (text === 'self' || text === 'cls') continue;
    const isAssigned = after?.text === '=' && solid[i + 2]?.text !== '=' && parameters !== 1;
    const isTyped = before?.kind === 'word' && !language.tripleQuotes;
    const isParameter = parameters === 1 && (before?.text === '(' || before?.text === ',');
    if (isDefiner(before) || isAssigned || isTyped || isParameter) own.add(text);
  }
  return own;
}

function isDefiner(token: Token | undefined): boolean {
  return token !== undefined && DEFINERS.has(token.text);
}
