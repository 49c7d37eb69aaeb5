import type { Rule } from '../rule.ts';
import { isPassword, isStandInHost } from '../password.ts';

/** Also what `.git-credentials` holds. */
export const urlPassword: Rule = {
  id: 'url-password',
  provider: 'RFC 3986',
  page: 'https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1',
  rank: 'named',
  keywords: ['://'],
  before: 0,
  after: 420,
  pattern:
    /:\/\/[^\s:@/"'<>`]{0,120}:(?<value>[^\s@/"'<>`]{1,200})@(?<host>[A-Za-z0-9.\-_[\]:%]{1,100})/,
  charset: 'visible',
  min: 8,
  max: 200,
  gate: 'userinfo',
  boundary: 'none',
  randomness: 'none',
  inspect: ({ value, groups }) =>
    isPassword(value) && !isStandInHost(groups['host'] ?? '') ? {} : undefined,
  severity: 'block',
};
