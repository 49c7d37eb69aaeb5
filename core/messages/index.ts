import { en } from './en.ts';
import type { Messages } from './en.ts';

export { describeError } from './describe-error.ts';
export { en } from './en.ts';
export type { Messages } from './en.ts';
export type { HelpCommand } from './help.ts';
export { isPlain, plainAscii, plainText } from './plain-text.ts';
export { bytes, duration, whole } from './quantity.ts';

/** A second language is one file beside `en.ts` and one line here. */
const languages: Readonly<Record<string, Messages>> = { en };

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The table for a locale such as `de_DE.UTF-8`, in the order of POSIX: `--locale`, then `LC_ALL`,
 * `LC_MESSAGES`, `LANG`. English where there is none, or none we speak.
 */
export function messagesFor(locale: string | undefined, environment: Environment = {}): Messages {
  const wanted =
    [locale, environment['LC_ALL'], environment['LC_MESSAGES'], environment['LANG']].find(
      (value) => value !== undefined && value !== '',
    ) ?? 'en';
  const language = /^[A-Za-z]+/.exec(wanted)?.[0].toLowerCase() ?? 'en';
  return Object.hasOwn(languages, language) ? (languages[language] ?? en) : en;
}
