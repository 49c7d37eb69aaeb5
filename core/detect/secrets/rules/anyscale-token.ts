import type { Rule } from '../rule.ts';

export const anyscaleToken: Rule = {
  id: 'anyscale-token',
  provider: 'Anyscale',
  page: 'https://docs.anyscale.com/reference/python-sdk',
  rank: 'token',
  keywords: ['aph0_', 'esecret_'],
  before: 0,
  after: 119,
  pattern: /(?:aph0_[A-Za-z0-9_-]{30,90}|esecret_[A-Za-z0-9]{26,40})/,
  charset: 'base64url',
  min: 34,
  max: 95,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^(?:aph0_|esecret_)/,
};
