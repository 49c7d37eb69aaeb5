import type { Rule } from '../rule.ts';

/** The whole of `kaggle.json`: a user and 32 hex digits. */
export const kaggleJson: Rule = {
  id: 'kaggle-json',
  provider: 'Kaggle',
  page: 'https://www.kaggle.com/docs/api',
  rank: 'named',
  keywords: ['"username'],
  before: 0,
  after: 200,
  pattern:
    /"username\\?"\s{0,4}:\s{0,4}\\?"[\w-]{1,60}\\?"\s{0,4},\s{0,8}\\?"key\\?"\s{0,4}:\s{0,4}\\?"(?<value>[0-9a-f]{32})/,
  charset: 'hex',
  min: 32,
  max: 32,
  gate: 'none',
  boundary: 'both',
  randomness: 'hex',
  severity: 'block',
};
