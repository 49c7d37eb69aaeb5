import type { Rule } from '../rule.ts';

export const xaiApiKey: Rule = {
  id: 'xai-api-key',
  provider: 'xAI',
  page: 'https://docs.x.ai/docs/tutorial',
  rank: 'token',
  keywords: ['xai-'],
  before: 0,
  after: 118,
  pattern: /xai-[A-Za-z0-9]{70,90}/,
  charset: 'base64url',
  min: 74,
  max: 94,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^xai-/,
};
