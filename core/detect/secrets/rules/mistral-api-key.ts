import type { Rule } from '../rule.ts';
import { assigned } from './shapes.ts';

export const mistralApiKey: Rule = {
  id: 'mistral-api-key',
  provider: 'Mistral AI',
  page: 'https://docs.mistral.ai/getting-started/quickstart/',
  rank: 'named',
  keywords: ['mistral'],
  before: 0,
  after: 182,
  pattern: assigned('mistral', '[A-Za-z0-9]{32}'),
  charset: 'alnum',
  min: 32,
  max: 32,
  boundary: 'both',
  randomness: 'alnum',
  severity: 'block',
};
