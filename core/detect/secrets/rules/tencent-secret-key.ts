import type { Rule } from '../rule.ts';

export const tencentSecretKey: Rule = {
  id: 'tencent-secret-key',
  provider: 'Tencent Cloud',
  page: 'https://www.tencentcloud.com/document/product/598/32675',
  rank: 'token',
  keywords: ['AKID'],
  before: 0,
  after: 68,
  pattern: /AKID[A-Za-z0-9]{13,40}/,
  charset: 'alnum',
  min: 17,
  max: 44,
  boundary: 'both',
  randomness: 'alnum',
  pair: {
    pattern: /(?<![A-Za-z0-9/+_-])([A-Za-z0-9]{32}(?:[A-Za-z0-9]{4,8})?)(?![A-Za-z0-9/+=_-])/,
    before: 1024,
    after: 1024,
    randomness: 'alnum',
    alone: 'warn',
  },
  severity: 'block',
  prefix: /^AKID/,
};
