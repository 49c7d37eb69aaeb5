import type { Rule } from '../rule.ts';
import { assigned } from './shapes.ts';

export const cometApiKey: Rule = {
  id: 'comet-api-key',
  provider: 'Comet',
  page: 'https://www.comet.com/docs/v2/api-and-sdk/python-sdk/configuration/',
  rank: 'named',
  keywords: ['comet'],
  before: 0,
  after: 175,
  pattern: assigned('comet', '[A-Za-z0-9]{25}'),
  charset: 'alnum',
  min: 25,
  max: 25,
  boundary: 'both',
  randomness: 'alnum',
  severity: 'block',
};
