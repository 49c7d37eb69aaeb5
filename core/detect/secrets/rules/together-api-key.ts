import type { Rule } from '../rule.ts';

export const togetherApiKey: Rule = {
  id: 'together-api-key',
  provider: 'Together AI',
  page: 'https://docs.together.ai/reference/authentication-1',
  rank: 'token',
  keywords: ['tgp_v1_'],
  before: 0,
  after: 91,
  pattern: /tgp_v1_[A-Za-z0-9_-]{40,60}/,
  charset: 'base64url',
  min: 47,
  max: 67,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^tgp_v1_/,
};
