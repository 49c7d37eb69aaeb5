import { braceExpand, Minimatch } from 'minimatch';

/**
 * The only caller of minimatch. Its defaults miss `.cache/m.ckpt` and `M.CKPT` for `**\/*.ckpt`, and
 * take `#x/**` for a comment and `!x` for its opposite. The platform is fixed, so that one policy
 * means the same on every machine.
 */
const options = {
  dot: true,
  nocase: true,
  nonegate: true,
  nocomment: true,
  platform: 'linux',
} as const;

// oxlint-disable-next-line no-control-regex -- they are what is looked for
const beyondAscii = /[^\u0000-\u007f]/u;
const needsTidying = /(?:^|\/)\.?\/|(?:^|\/)\.$/u;

/**
 * One spelling for all of a path: NFC, case folded (so that `ſrc` is `src`), no `./`, no doubled
 * slash. What a file system may take away besides is `severestSpelling`'s.
 */
export function foldPath(path: string): string {
  const tidy = withoutDots(path);
  return beyondAscii.test(tidy) ? foldCase(tidy, true) : tidy.toLowerCase();
}

/** A glob's ASCII letters keep their case, for ranges such as `[A-z]`: matching ignores it. */
function foldGlob(glob: string): string {
  const tidy = withoutDots(glob);
  return beyondAscii.test(tidy) ? foldCase(tidy, false) : tidy;
}

function withoutDots(path: string): string {
  if (!needsTidying.test(path)) return path;
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

function foldCase(text: string, foldsAscii: boolean): string {
  let folded = '';
  for (const character of text.normalize('NFC')) {
    if (character < '\u0080') {
      folded += foldsAscii ? character.toLowerCase() : character;
      continue;
    }
    // Up, then down, joins what only one of the two does: the long s, the Greek final sigma.
    const upper = character.toUpperCase();
    const lower = isOne(upper) ? upper.toLowerCase() : character;
    folded += isOne(lower) ? lower : character;
  }
  return folded.normalize('NFC');
}

const isOne = (text: string) => text.length === ((text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1);

/** Asks about a path as `foldPath` gives it. */
export type PathTest = (foldedPath: string) => boolean;

/** Whether a path as `foldPath` gives it matches the glob. */
export function compileGlob(glob: string): PathTest {
  const matcher = new Minimatch(foldGlob(glob), options);
  return (foldedPath) => matcher.match(foldedPath);
}

/** Whether a path, relative to the repository's top, matches a glob. */
export function matchesPath(path: string, glob: string): boolean {
  return compileGlob(glob)(foldPath(path));
}

/** The globs without braces that a glob stands for; at most `max` of them. */
export function expandBraces(glob: string, max: number): string[] {
  return braceExpand(foldGlob(glob), { ...options, braceExpandMax: max });
}
