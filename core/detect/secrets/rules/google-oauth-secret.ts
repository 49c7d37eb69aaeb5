import type { Rule } from '../rule.ts';

export const googleOauthSecret: Rule = {
  id: 'google-oauth-secret',
  provider: 'Google Cloud',
  page: 'https://developers.google.com/identity/protocols/oauth2',
  rank: 'token',
  keywords: ['GOCSPX-', 'ya29.', '1//0'],
  before: 0,
  after: 434,
  pattern: /(?:GOCSPX-[A-Za-z0-9_-]{28}|ya29\.[A-Za-z0-9_-]{30,400}|1\/\/0[A-Za-z0-9_-]{40,120})/,
  charset: 'wide',
  min: 35,
  max: 410,
  gate: 'none',
  randomness: 'alnum',
  severity: 'block',
  prefix: /^(?:GOCSPX-|ya29\.|1\/\/0)/,
};
