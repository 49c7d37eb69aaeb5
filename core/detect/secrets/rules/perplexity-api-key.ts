import type { Rule } from '../rule.ts';

export const perplexityApiKey: Rule = {
  id: 'perplexity-api-key',
  provider: 'Perplexity',
  page: 'https://docs.perplexity.ai/guides/api-key-management',
  rank: 'token',
  keywords: ['pplx-'],
  before: 0,
  after: 93,
  pattern: /pplx-[A-Za-z0-9]{40,64}/,
  charset: 'base64url',
  min: 45,
  max: 69,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^pplx-/,
};
