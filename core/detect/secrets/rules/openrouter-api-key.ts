import type { Rule } from '../rule.ts';

export const openrouterApiKey: Rule = {
  id: 'openrouter-api-key',
  provider: 'OpenRouter',
  page: 'https://openrouter.ai/docs/api-reference/authentication',
  rank: 'token',
  keywords: ['sk-or-v1-'],
  before: 0,
  after: 97,
  pattern: /sk-or-v1-[0-9a-f]{64}/,
  charset: 'base64url',
  min: 73,
  max: 73,
  randomness: 'hex',
  severity: 'block',
  prefix: /^sk-or-v1-/,
};
