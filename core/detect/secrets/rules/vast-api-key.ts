import type { Rule } from '../rule.ts';
import { assigned } from './shapes.ts';

export const vastApiKey: Rule = {
  id: 'vast-api-key',
  provider: 'Vast.ai',
  page: 'https://docs.vast.ai/api-reference/authentication',
  rank: 'named',
  keywords: ['vast_api', 'vastai', 'vast-api', 'vast.ai'],
  before: 0,
  after: 214,
  pattern: assigned('vast[_.-]?(?:ai|api)', '[0-9a-f]{64}'),
  charset: 'hex',
  min: 64,
  max: 64,
  boundary: 'both',
  randomness: 'hex',
  severity: 'block',
};
