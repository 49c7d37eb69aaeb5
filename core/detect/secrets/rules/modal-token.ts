import type { Rule } from '../rule.ts';

export const modalToken: Rule = {
  id: 'modal-token',
  provider: 'Modal',
  page: 'https://modal.com/docs/reference/modal.config',
  rank: 'token',
  keywords: ['ak-'],
  before: 0,
  after: 49,
  pattern: /ak-[A-Za-z0-9]{22}/,
  charset: 'base64url',
  min: 25,
  max: 25,
  boundary: 'both',
  randomness: 'alnum',
  pair: {
    pattern: /(?<![A-Za-z0-9_-])(as-[A-Za-z0-9]{22})(?![A-Za-z0-9_-])/,
    before: 512,
    after: 512,
    randomness: 'alnum',
    alone: 'drop',
  },
  severity: 'block',
  prefix: /^ak-/,
};
