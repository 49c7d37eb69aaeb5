import { compileGlob, expandBraces } from './match-path.ts';

const MOST_EXPANSIONS = 1024;

/** What is wrong with a glob: what would be right, and the glob that was probably meant. */
export interface GlobObjection {
  readonly expected: string;
  readonly nearest?: string;
}

/**
 * The glob as it is matched: `./` and a leading slash are dropped, and a folder with a slash behind
 * it stands for everything in it, as people know it from .gitignore.
 */
export function tidyGlob(glob: string): string {
  const rooted = glob.replace(/^(?:\.?\/+)+/u, '').replace(/\/{2,}/gu, '/');
  return rooted.endsWith('/') ? `${rooted}**` : rooted;
}

/** Refuses globs that would quietly match something else than their author meant. */
export function objectionToGlob(glob: string): GlobObjection | undefined {
  if (glob.includes('\\')) {
    // On Windows people write src\model, which would mark nothing.
    return {
      expected: 'a glob with / between folders ([*] for the character itself)',
      nearest: glob.replaceAll('\\', '/'),
    };
  }
  if (/^!(?!\()/u.test(glob)) {
    return { expected: 'a glob of what is meant; there is no negation', nearest: glob.slice(1) };
  }
  const parts = tidyGlob(glob).split('/');
  if (parts.some((part) => part === '..' || part === '.') || parts.join('') === '') {
    return { expected: "a glob relative to the repository's top" };
  }
  const glued = parts.find((part) => part !== '**' && hasGluedStars(part));
  if (glued !== undefined) {
    const apart = glued.replace(/^\*\*(?=[^*])/u, '**/*').replace(/(?<=[^*/])\*\*$/u, '*/**');
    return {
      expected: '** as a whole part of the path',
      nearest: parts.map((part) => (part === glued ? apart : part)).join('/'),
    };
  }
  if (!isBalanced(glob)) {
    return { expected: 'a closing ] or } ([[] and [{] for the characters themselves)' };
  }
  try {
    if (expandBraces(glob, MOST_EXPANSIONS + 1).length > MOST_EXPANSIONS) {
      return { expected: `braces that stand for at most ${MOST_EXPANSIONS} globs` };
    }
    compileGlob(glob);
    return undefined;
  } catch (error) {
    return { expected: `a glob (${error instanceof Error ? error.message : String(error)})` };
  }
}

/** `src/**.ckpt` matches like `src/*.ckpt`: not in the folders below, where its author looks. */
function hasGluedStars(part: string): boolean {
  return part.replace(/\[[^\]]*\]/gu, '').includes('**');
}

function isBalanced(glob: string): boolean {
  let braces = 0;
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob[at];
    if (character === '[') {
      // The first character of a class is never its end.
      const first = glob[at + 1] === '!' || glob[at + 1] === '^' ? at + 3 : at + 2;
      const end = glob.indexOf(']', first);
      if (end === -1) return false;
      at = end;
    } else if (character === '{') braces += 1;
    else if (character === '}') braces -= 1;
    if (braces < 0) return false;
  }
  return braces === 0;
}
