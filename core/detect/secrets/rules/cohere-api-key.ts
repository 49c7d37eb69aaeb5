import type { Rule } from '../rule.ts';
import { assigned } from './shapes.ts';

export const cohereApiKey: Rule = {
  id: 'cohere-api-key',
  provider: 'Cohere',
  page: 'https://docs.cohere.com/reference/about',
  rank: 'named',
  keywords: ['cohere', 'co_api_key'],
  before: 0,
  after: 190,
  pattern: assigned('cohere|co_api_key', '[A-Za-z0-9]{40}'),
  charset: 'alnum',
  min: 40,
  max: 40,
  boundary: 'both',
  randomness: 'alnum',
  severity: 'block',
};
