import type { Rule } from '../rule.ts';

/** No published shape beyond the prefix: 32 hex, 48 or more letters and digits, by the host. What the
 * key opens is told by the base URL or the name beside it. */
export const skApiKey: Rule = {
  id: 'sk-api-key',
  provider: 'DeepSeek, DashScope, Moonshot and other OpenAI-compatible hosts',
  page: 'https://api-docs.deepseek.com/',
  rank: 'token',
  keywords: ['sk-'],
  before: 0,
  after: 91,
  pattern: /sk-[A-Za-z0-9]{32,64}/,
  charset: 'base64url',
  min: 35,
  max: 67,
  boundary: 'both',
  randomness: 'mixed',
  stopwords: ['t3blbkfj'],
  severity: 'block',
  prefix: /^sk-/,
};
