import type { Rule } from '../rule.ts';

export const kaggleToken: Rule = {
  id: 'kaggle-token',
  provider: 'Kaggle',
  page: 'https://www.kaggle.com/docs/api',
  rank: 'token',
  keywords: ['KGAT_'],
  before: 0,
  after: 61,
  pattern: /KGAT_[0-9a-fA-F]{32}/,
  charset: 'word',
  min: 37,
  max: 37,
  randomness: 'hex',
  severity: 'block',
  prefix: /^KGAT_/,
};
