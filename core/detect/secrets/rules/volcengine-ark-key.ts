import type { Rule } from '../rule.ts';
import { assigned } from './shapes.ts';

export const volcengineArkKey: Rule = {
  id: 'volcengine-ark-key',
  provider: 'Volcengine',
  page: 'https://www.volcengine.com/docs/82379/1541594',
  rank: 'named',
  keywords: ['ark_api_key', 'ark-api-key', 'arkapikey', 'volc_api_key'],
  before: 0,
  after: 186,
  pattern: assigned(
    'ark[_-]?api[_-]?key|volc_api_key',
    '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}',
  ),
  charset: 'base64url',
  min: 36,
  max: 36,
  boundary: 'both',
  randomness: 'none',
  severity: 'block',
};
