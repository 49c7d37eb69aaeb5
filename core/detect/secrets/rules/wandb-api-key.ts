import type { Rule } from '../rule.ts';
import { assigned } from './shapes.ts';

/** 40 hex digits are also a git object id: only a name tells. */
export const wandbApiKey: Rule = {
  id: 'wandb-api-key',
  provider: 'Weights & Biases',
  page: 'https://docs.wandb.ai/guides/track/environment-variables/',
  rank: 'named',
  keywords: ['wandb'],
  before: 0,
  after: 260,
  pattern: assigned('wandb', '(?:local-|[a-z]{2,12}-)?[0-9a-f]{40}'),
  charset: 'base64url',
  min: 40,
  max: 55,
  gate: 'assigned',
  boundary: 'both',
  randomness: 'hex',
  severity: 'block',
};
