import type { Rule } from '../rule.ts';

export const cerebrasApiKey: Rule = {
  id: 'cerebras-api-key',
  provider: 'Cerebras',
  page: 'https://inference-docs.cerebras.ai/quickstart',
  rank: 'token',
  keywords: ['csk-'],
  before: 0,
  after: 76,
  pattern: /csk-[a-z0-9]{48}/,
  charset: 'base64url',
  min: 52,
  max: 52,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^csk-/,
};
