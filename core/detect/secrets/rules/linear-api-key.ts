import type { Rule } from '../rule.ts';

export const linearApiKey: Rule = {
  id: 'linear-api-key',
  provider: 'Linear',
  page: 'https://linear.app/docs/api-and-webhooks',
  rank: 'token',
  keywords: ['lin_api_'],
  before: 0,
  after: 72,
  pattern: /lin_api_[A-Za-z0-9]{40}/,
  charset: 'word',
  min: 48,
  max: 48,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^lin_api_/,
};
