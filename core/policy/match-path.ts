import { Minimatch } from 'minimatch';

/**
 * The only way Cordon matches paths. A marking must not be dodged by a leading dot, by case or by
 * another Unicode form, and a glob that begins with `!` or `#` is a glob, not a negation or a comment.
 */
const options = { dot: true, nonegate: true, nocomment: true, nocase: true } as const;

export type PathTest = (path: string) => boolean;

export function compileGlob(glob: string): PathTest {
  const matcher = new Minimatch(glob.normalize('NFC'), options);
  return (path) => matcher.match(path.normalize('NFC'));
}

/** The alternatives of a glob's braces, each a glob without braces. */
export function expandBraces(glob: string): string[] {
  return new Minimatch(glob.normalize('NFC'), options).braceExpand();
}
