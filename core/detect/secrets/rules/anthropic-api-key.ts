import type { Rule } from '../rule.ts';

export const anthropicApiKey: Rule = {
  id: 'anthropic-api-key',
  provider: 'Anthropic',
  page: 'https://docs.anthropic.com/en/api/admin-api/apikeys/get-api-key',
  rank: 'token',
  keywords: ['sk-ant-'],
  before: 0,
  after: 180,
  pattern: /sk-ant-(?:[a-z]{2,10}[0-9]{2}-)?[A-Za-z0-9_-]{80,140}/,
  charset: 'base64url',
  min: 90,
  max: 160,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^sk-ant-(?:[a-z]{2,10}[0-9]{2}-)?/,
};
