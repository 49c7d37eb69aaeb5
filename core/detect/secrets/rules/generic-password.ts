import { namesCredential } from '../credential-name.ts';
import { isPassword } from '../password.ts';
import type { Rule } from '../rule.ts';

const nameBefore = (lead: string) => /[\w-]*$/.exec(lead)?.[0] ?? '';

/** A password beside a name for one. A guess: it warns. */
export const genericPassword: Rule = {
  id: 'generic-password',
  provider: 'any',
  page: 'https://cwe.mitre.org/data/definitions/259.html',
  rank: 'generic',
  keywords: ['password', 'passwd', 'passphrase', 'pwd', '_pass', 'pass=', 'pass:', 'pass"'],
  before: 0,
  after: 160,
  gate: 'none',
  pattern:
    /(?<name>password|passwd|passphrase|pwd|pass)(?:\\{0,3}["'`\])]{1,2})?[ \t]{0,4}(?::?=|:|=>|>)[ \t]{0,4}(?<quote>\\{0,3}["'`])?(?<value>[^\s"'`\\<>(){},;]{8,80})(?![^\s"'`\\,;)}\]<])/i,
  charset: 'visible',
  min: 8,
  max: 80,
  boundary: 'none',
  randomness: 'none',
  severity: 'warn',
  inspect({ lead, value, groups }) {
    if (!namesCredential(nameBefore(lead))) return undefined;
    // Bare words in source are variables; bare values are only plain in shells and .env files.
    if (groups['quote'] === undefined && /[.[\]|&/]/.test(value)) return undefined;
    return isPassword(value) ? {} : undefined;
  },
};
