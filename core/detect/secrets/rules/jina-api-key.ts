import type { Rule } from '../rule.ts';

export const jinaApiKey: Rule = {
  id: 'jina-api-key',
  provider: 'Jina AI',
  page: 'https://docs.jina.ai/',
  rank: 'token',
  keywords: ['jina_'],
  before: 0,
  after: 94,
  pattern: /jina_[A-Za-z0-9_-]{55,65}/,
  charset: 'base64url',
  min: 60,
  max: 70,
  randomness: 'mixed',
  severity: 'block',
  prefix: /^jina_/,
};
