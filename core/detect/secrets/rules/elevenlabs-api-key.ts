import type { Rule } from '../rule.ts';
import { assigned } from './shapes.ts';

export const elevenlabsApiKey: Rule = {
  id: 'elevenlabs-api-key',
  provider: 'ElevenLabs',
  page: 'https://elevenlabs.io/docs/api-reference/authentication',
  rank: 'named',
  keywords: ['elevenlabs', 'eleven_', 'xi-api-key', 'xi_api_key'],
  before: 0,
  after: 201,
  pattern: assigned('elevenlabs|eleven_|xi[_-]api[_-]key', '(?:sk_[0-9a-f]{48}|[0-9a-f]{32})'),
  charset: 'word',
  min: 32,
  max: 51,
  boundary: 'both',
  randomness: 'hex',
  severity: 'block',
};
