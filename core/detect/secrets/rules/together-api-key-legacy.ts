import type { Rule } from '../rule.ts';
import { assigned } from './shapes.ts';

export const togetherApiKeyLegacy: Rule = {
  id: 'together-api-key-legacy',
  provider: 'Together AI',
  page: 'https://docs.together.ai/docs/quickstart',
  rank: 'named',
  keywords: ['together'],
  before: 0,
  after: 214,
  pattern: assigned('together', '[0-9a-f]{64}'),
  charset: 'hex',
  min: 64,
  max: 64,
  boundary: 'both',
  randomness: 'hex',
  severity: 'block',
};
