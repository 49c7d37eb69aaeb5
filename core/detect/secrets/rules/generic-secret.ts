import { isData, isDigest, namesCredential, namesKey } from '../credential-name.ts';
import { entropy, looksRandom } from '../randomness.ts';
import type { Rule } from '../rule.ts';
import { wordiness } from '../wordiness.ts';

const NAME =
  '(?:api|access|auth|account|secret|private|signing|encryption|master|app|client)[_-]?key|_key';

/** What goes on right before the keyword: `OPENAI_` in `OPENAI_API_KEY`, `next page` of a token. */
const nameBefore = (lead: string) => /(?:[\w-]+ ){0,2}[\w-]*$/.exec(lead)?.[0] ?? '';

/**
 * A name for a credential, a sign of assignment, and text that a machine drew. A guess: it warns.
 * What could be a digest counts only beside a name that is never one's.
 */
export const genericSecret: Rule = {
  id: 'generic-secret',
  provider: 'any',
  page: 'https://cwe.mitre.org/data/definitions/798.html',
  rank: 'generic',
  keywords: [
    'api_key',
    'api-key',
    'apikey',
    'access_key',
    'access-key',
    'accesskey',
    'auth_key',
    'authkey',
    'account_key',
    'accountkey',
    'secret_key',
    'secretkey',
    'private_key',
    'privatekey',
    'signing_key',
    'encryption_key',
    'master_key',
    'app_key',
    'client_key',
    '_key',
    'secret',
    'token',
    'credential',
    'bearer',
  ],
  before: 0,
  after: 300,
  gate: 'assigned',
  pattern: new RegExp(
    `(?<name>(?:${NAME}|secret|token|credential|bearer)s?(?:[_-]?(?:key|token|secret|value|prod|live|dev))?)` +
      '(?<sign>(?:\\\\{0,3}["\'`\\])]{1,2})?[ \\t]{0,4}(?::?=|:|=>|>|,|\\(|[ \\t])[ \\t]{0,4}' +
      '(?:(?:str|string)[ \\t]{0,2}=[ \\t]{0,2})?[\\\\"\'`]{0,4})' +
      '(?<value>[A-Za-z0-9_+/.~=-]{16,200})(?![A-Za-z0-9_(\\[{$%]|<(?!/)|\\.[A-Za-z])',
    'i',
  ),
  charset: 'wide',
  min: 16,
  max: 200,
  boundary: 'none',
  randomness: 'none',
  severity: 'warn',
  inspect({ lead, value, groups }) {
    const name = nameBefore(lead) + (groups['name'] ?? '');
    if (!namesCredential(name)) return undefined;
    const bearer = /^bearer$/i.test(groups['name'] ?? '');
    const flag = /--[\w-]*$/.test(lead);
    if (!bearer && !flag && !/[=:(,>]/.test(groups['sign'] ?? '')) return undefined;
    if (isDigest(value)) {
      return value.length <= 64 && namesKey(name) && looksRandom(value, 'hex') ? {} : undefined;
    }
    return isDrawn(value) ? {} : undefined;
  },
};

/** Stricter than a rule with a prefix may be: letters and digits well mixed, and no words. */
function isDrawn(value: string): boolean {
  if (isData(value) || /\.\.|\/\/|--|__/.test(value)) return false;
  const digits = value.replace(/[^0-9]/g, '').length;
  const letters = value.replace(/[^A-Za-z]/g, '').length;
  if (digits === 0 || letters < 6 || /^[A-Z0-9_.]+$/.test(value)) return false;
  if (value.split(/[_.\-/]/).length > 5) return false;
  const words = wordiness(value);
  if (words >= 0.35 || entropy(value) < Math.min(3.7, Math.log2(value.length) * 0.8)) return false;
  const bothCases = /[a-z]/.test(value) && /[A-Z]/.test(value);
  if (bothCases && words < 0.2) return true;
  // In one case short ones are what people hit on a keyboard for an example, and names have their
  // digits in one place.
  return (bothCases || value.length >= 20) && (value.match(/[0-9]+/g) ?? []).length >= 2;
}
