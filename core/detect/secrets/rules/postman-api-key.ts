import type { Rule } from '../rule.ts';

export const postmanApiKey: Rule = {
  id: 'postman-api-key',
  provider: 'Postman',
  page: 'https://learning.postman.com/docs/developer/postman-api/authentication/',
  rank: 'token',
  keywords: ['PMAK-'],
  before: 0,
  after: 88,
  pattern: /PMAK-[0-9a-f]{24}-[0-9a-f]{34}/,
  charset: 'base64url',
  min: 64,
  max: 64,
  randomness: 'mixed',
  severity: 'block',
  prefix: /^PMAK-/,
};
