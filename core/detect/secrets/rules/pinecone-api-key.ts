import type { Rule } from '../rule.ts';

export const pineconeApiKey: Rule = {
  id: 'pinecone-api-key',
  provider: 'Pinecone',
  page: 'https://docs.pinecone.io/guides/projects/manage-api-keys',
  rank: 'token',
  keywords: ['pcsk_'],
  before: 0,
  after: 119,
  pattern: /pcsk_[A-Za-z0-9_]{50,90}/,
  charset: 'word',
  min: 55,
  max: 95,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^pcsk_/,
};
