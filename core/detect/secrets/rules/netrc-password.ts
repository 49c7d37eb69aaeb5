import type { Rule } from '../rule.ts';
import { isPassword } from '../password.ts';

export const netrcPassword: Rule = {
  id: 'netrc-password',
  provider: 'netrc',
  page: 'https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html',
  rank: 'named',
  keywords: ['machine ', 'machine\\t', 'machine\\n', 'default login'],
  before: 0,
  after: 500,
  pattern:
    /(?:machine\s{1,8}[\w.:-]{2,120}|default)\s{1,8}login\s{1,8}\S{1,120}\s{1,8}(?:account\s{1,8}\S{1,80}\s{1,8})?password\s{1,8}(?<value>[^\s"'`]{8,200})/,
  charset: 'visible',
  min: 8,
  max: 200,
  gate: 'none',
  boundary: 'none',
  randomness: 'none',
  inspect: ({ value }) => (isPassword(value) ? {} : undefined),
  severity: 'block',
};
