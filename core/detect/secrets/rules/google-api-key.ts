import type { Rule } from '../rule.ts';

export const googleApiKey: Rule = {
  id: 'google-api-key',
  provider: 'Google Cloud',
  page: 'https://cloud.google.com/docs/authentication/api-keys',
  rank: 'token',
  keywords: ['AIza'],
  before: 0,
  after: 48,
  pattern: /AIza[A-Za-z0-9_-]{35}/,
  charset: 'base64url',
  min: 39,
  max: 39,
  boundary: 'both',
  randomness: 'alnum',
  severity: 'block',
  prefix: /^AIza/,
};
