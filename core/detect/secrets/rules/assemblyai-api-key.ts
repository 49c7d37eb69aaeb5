import type { Rule } from '../rule.ts';
import { assigned } from './shapes.ts';

export const assemblyaiApiKey: Rule = {
  id: 'assemblyai-api-key',
  provider: 'AssemblyAI',
  page: 'https://www.assemblyai.com/docs/getting-started/transcribe-an-audio-file',
  rank: 'named',
  keywords: ['assemblyai', 'aai.settings'],
  before: 0,
  after: 182,
  pattern: assigned('assemblyai|aai[.]settings', '[0-9a-f]{32}'),
  charset: 'hex',
  min: 32,
  max: 32,
  boundary: 'both',
  randomness: 'hex',
  severity: 'block',
};
