import type { Rule } from '../rule.ts';

export const alibabaAccessKey: Rule = {
  id: 'alibaba-access-key',
  provider: 'Alibaba Cloud',
  page: 'https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair',
  rank: 'token',
  keywords: ['LTAI'],
  before: 0,
  after: 48,
  pattern: /LTAI[A-Za-z0-9]{12,20}/,
  charset: 'alnum',
  min: 16,
  max: 24,
  boundary: 'both',
  randomness: 'alnum',
  pair: {
    pattern: /(?<![A-Za-z0-9/+_-])([A-Za-z0-9]{30})(?![A-Za-z0-9/+=_-])/,
    before: 1024,
    after: 1024,
    randomness: 'alnum',
    alone: 'warn',
  },
  severity: 'block',
  prefix: /^LTAI/,
};
