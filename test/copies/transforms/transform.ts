import type { Language } from '../language.ts';
import type { Random } from '../random.ts';
import type { Printer } from '../printer.ts';

export interface Disguise {
  readonly language: Language;
  readonly random: Random;
  /** Lines of unrelated third-party code, for what is mixed in. */
  readonly foreign: readonly string[];
  /** A snippet of another indexed file, for a copy of two sources. */
  readonly other: readonly string[];
  /** Prints Python again from its syntax tree; undefined where the machine has no Python. */
  readonly printer: Printer | undefined;
}

/** What a person might do to a copy. The issue sets floors for groups of them. */
export interface Transform {
  readonly name: string;
  readonly group: Group;
  /** Changes the whole file before lines of it are copied: what a parser must read. Undefined where it cannot. */
  readonly first?: (
    lines: readonly string[],
    disguise: Disguise,
  ) => Promise<readonly string[] | undefined>;
  /** Changes the lines of the copy before they are pasted; undefined where it does not apply to them. */
  readonly change?: (
    lines: readonly string[],
    disguise: Disguise,
  ) => readonly string[] | undefined | Promise<readonly string[] | undefined>;
  /** Changes the file that the copy stands in. */
  readonly wrap?: (file: string, disguise: Disguise) => Buffer;
  /** True where the lines are data, whose indentation is not adapted to the place. */
  readonly asIs?: boolean;
  readonly languages?: readonly string[];
}

export type Group = 'layout' | 'edited' | 'renamed locals' | 'renamed all' | 'container';
