import type { Rule } from '../rule.ts';

export const langfuseSecretKey: Rule = {
  id: 'langfuse-secret-key',
  provider: 'Langfuse',
  page: 'https://langfuse.com/docs/api',
  rank: 'token',
  keywords: ['sk-lf-'],
  before: 0,
  after: 66,
  pattern: /sk-lf-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/,
  charset: 'base64url',
  min: 42,
  max: 42,
  randomness: 'none',
  severity: 'block',
  prefix: /^sk-lf-/,
};
