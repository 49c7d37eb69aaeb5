import type { Rule } from '../rule.ts';

export const voyageApiKey: Rule = {
  id: 'voyage-api-key',
  provider: 'Voyage AI',
  page: 'https://docs.voyageai.com/docs/api-key-and-installation',
  rank: 'token',
  keywords: ['pa-'],
  before: 0,
  after: 70,
  pattern: /pa-[A-Za-z0-9_-]{43}/,
  charset: 'base64url',
  min: 46,
  max: 46,
  boundary: 'both',
  randomness: 'alnum',
  severity: 'block',
  prefix: /^pa-/,
};
