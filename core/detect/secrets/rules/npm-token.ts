import type { Rule } from '../rule.ts';
import { prefixedCrc } from '../checksum.ts';

export const npmToken: Rule = {
  id: 'npm-token',
  provider: 'npm',
  page: 'https://docs.npmjs.com/about-access-tokens',
  rank: 'token',
  keywords: ['npm_'],
  before: 0,
  after: 80,
  pattern: /npm_[A-Za-z0-9]{36}/,
  charset: 'word',
  min: 40,
  max: 40,
  randomness: 'alnum',
  checksum: prefixedCrc,
  severity: 'block',
  prefix: /^npm_/,
};
