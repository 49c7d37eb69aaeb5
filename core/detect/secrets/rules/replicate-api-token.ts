import type { Rule } from '../rule.ts';

export const replicateApiToken: Rule = {
  id: 'replicate-api-token',
  provider: 'Replicate',
  page: 'https://replicate.com/docs/topics/security/api-tokens',
  rank: 'token',
  keywords: ['r8_'],
  before: 0,
  after: 64,
  pattern: /r8_[A-Za-z0-9]{37}/,
  charset: 'word',
  min: 40,
  max: 40,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^r8_/,
};
