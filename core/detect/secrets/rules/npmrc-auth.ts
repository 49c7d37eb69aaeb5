import type { Rule } from '../rule.ts';

export const npmrcAuth: Rule = {
  id: 'npmrc-auth',
  provider: 'npm',
  page: 'https://docs.npmjs.com/cli/v10/configuring-npm/npmrc',
  rank: 'named',
  keywords: [':_authtoken', ':_auth', ':_password'],
  before: 0,
  after: 400,
  pattern: /:_(?:authToken|auth|password) {0,2}= {0,2}"?(?<value>[A-Za-z0-9_.+/=-]{16,300})/i,
  charset: 'wide',
  min: 16,
  max: 300,
  boundary: 'none',
  randomness: 'mixed',
  severity: 'block',
};
