import type { Rule } from '../rule.ts';
import { assigned } from './shapes.ts';

export const giteeToken: Rule = {
  id: 'gitee-token',
  provider: 'Gitee',
  page: 'https://gitee.com/api/v5/oauth_doc',
  rank: 'named',
  keywords: ['gitee'],
  before: 0,
  after: 182,
  pattern: assigned('gitee', '[0-9a-f]{32}'),
  charset: 'hex',
  min: 32,
  max: 32,
  boundary: 'both',
  randomness: 'hex',
  severity: 'block',
};
