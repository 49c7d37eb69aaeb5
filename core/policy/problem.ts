export type PolicyProblemCode =
  | 'encoding'
  | 'character'
  | 'syntax'
  | 'several-documents'
  | 'directive'
  | 'alias'
  | 'tag'
  | 'too-deep'
  | 'duplicate-key'
  | 'unknown-key'
  | 'missing-key'
  | 'wrong-type'
  | 'unknown-word'
  | 'unknown-label'
  | 'duplicate'
  | 'out-of-range'
  | 'incomplete'
  | 'bad-glob'
  | 'bad-value';

/** One thing wrong with a policy file, as data: the sentence is made at the edge. */
export interface PolicyProblem {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 code units. */
  readonly column: number;
  /** The key's place in the file, such as `markings[2].label`; empty for the file as a whole. */
  readonly path: string;
  readonly code: PolicyProblemCode;
  /** What could stand there: `enforce | observe`, `string`, `list`. */
  readonly expected: string;
  /** What stands there, shortened. */
  readonly found?: string;
  /** The valid word it is nearest to. */
  readonly nearest?: string;
}

/** More help nobody, and a hostile file would make a million. */
export const MOST_PROBLEMS = 100;

const LONGEST_SHOWN = 60;

/** The value as one short line. */
export function shown(value: string): string {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  const line = value.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/gu, ' ').trim();
  return line.length > LONGEST_SHOWN ? `${line.slice(0, LONGEST_SHOWN)}...` : line;
}

/** A word of the file, told apart from words of ours. */
export const quoted = (value: string) => JSON.stringify(shown(value));

/** `['markings', 2, 'label']` as `markings[2].label`. */
export function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${shown(String(part))}`,
    )
    .join('');
}
