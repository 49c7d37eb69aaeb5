import type { Rule } from '../rule.ts';

export const minimaxApiKey: Rule = {
  id: 'minimax-api-key',
  provider: 'MiniMax',
  page: 'https://platform.minimax.io/docs/api-reference/api-overview',
  rank: 'token',
  keywords: ['sk-api-'],
  before: 0,
  after: 231,
  pattern: /sk-api-[A-Za-z0-9_-]{60,200}/,
  charset: 'base64url',
  min: 67,
  max: 207,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^sk-api-/,
};
