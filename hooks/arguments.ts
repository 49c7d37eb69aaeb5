import { parseArgs, type ParseArgsConfig } from 'node:util';
import { CordonError } from '../core/error.ts';
import { nearestWord } from '../core/policy/nearest-word.ts';

export type OptionTable = NonNullable<ParseArgsConfig['options']>;

export interface Parsed {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

/** Options that every command takes. */
export const commonOptions = {
  repo: { type: 'string' },
  policy: { type: 'string' },
  format: { type: 'string' },
  color: { type: 'string' },
  locale: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
} as const satisfies OptionTable;

/**
 * Reads a command's arguments strictly: a mistyped option must not turn a scan of the index into a
 * scan of everything. Throws CordonError `usage` with `problem`, `word` and, where one is near, `nearest`.
 */
export function readArguments(args: readonly string[], options: OptionTable): Parsed {
  const all = { ...commonOptions, ...options };
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: all,
      strict: true,
      allowPositionals: true,
    });
    return { values: values as Parsed['values'], positionals };
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const word = args.find(
      (arg) => arg.startsWith('-') && !(arg.replace(/^-+/, '').split('=')[0]! in all),
    );
    if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && word !== undefined) {
      const near = nearestWord(
        word.split('=')[0]!,
        Object.keys(all).map((name) => `--${name}`),
      );
      throw new CordonError('usage', { problem: 'unknown-option', word, nearest: near }, cause);
    }
    throw new CordonError(
      'usage',
      { problem: 'bad-option', word: word ?? args.join(' '), detail: (cause as Error).message },
      cause,
    );
  }
}

/** The value of an option that takes one of a few words. Throws CordonError `usage`. */
export function choice<Word extends string>(
  parsed: Parsed,
  option: string,
  words: readonly Word[],
  fallback: Word,
): Word {
  const value = parsed.values[option];
  if (value === undefined) return fallback;
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  throw new CordonError('usage', {
    problem: 'bad-choice',
    word: `--${option}=${String(value)}`,
    expected: words.join(', '),
    nearest: nearestWord(String(value), words),
  });
}
