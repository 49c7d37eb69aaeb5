import type { Rule } from '../rule.ts';

export const tavilyApiKey: Rule = {
  id: 'tavily-api-key',
  provider: 'Tavily',
  page: 'https://docs.tavily.com/documentation/api-reference/introduction',
  rank: 'token',
  keywords: ['tvly-'],
  before: 0,
  after: 66,
  pattern: /tvly-(?:(?:dev|prod)-)?[A-Za-z0-9]{32}/,
  charset: 'base64url',
  min: 37,
  max: 42,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^tvly-(?:(?:dev|prod)-)?/,
};
