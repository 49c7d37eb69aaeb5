import type { Rule } from '../rule.ts';

export const atlassianApiToken: Rule = {
  id: 'atlassian-api-token',
  provider: 'Atlassian',
  page: 'https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/',
  rank: 'token',
  keywords: ['ATATT3x', 'ATBB'],
  before: 0,
  after: 292,
  pattern: /(?:ATATT3x[A-Za-z0-9_=-]{150,260}|ATBB[A-Za-z0-9]{32})/,
  charset: 'wide',
  min: 36,
  max: 268,
  gate: 'none',
  randomness: 'alnum',
  severity: 'block',
  prefix: /^(?:ATATT3x|ATBB)/,
};
