import type { Rule } from '../rule.ts';

export const volcengineAccessKey: Rule = {
  id: 'volcengine-access-key',
  provider: 'Volcengine',
  page: 'https://www.volcengine.com/docs/6291/65568',
  rank: 'token',
  keywords: ['AKLT'],
  before: 0,
  after: 108,
  pattern: /AKLT[A-Za-z0-9_-]{30,80}/,
  charset: 'base64url',
  min: 34,
  max: 84,
  randomness: 'alnum',
  pair: {
    pattern: /(?<![A-Za-z0-9/+_-])([A-Za-z0-9/+]{40,250}={1,2})(?![A-Za-z0-9/+=_-])/,
    before: 1024,
    after: 1024,
    randomness: 'base64',
    alone: 'warn',
  },
  severity: 'block',
  prefix: /^AKLT/,
};
