import type { Rule } from '../rule.ts';

export const modelscopeToken: Rule = {
  id: 'modelscope-token',
  provider: 'ModelScope',
  page: 'https://www.modelscope.cn/docs/accounts/token',
  rank: 'token',
  keywords: ['ms-'],
  before: 0,
  after: 63,
  pattern: /ms-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/,
  charset: 'base64url',
  min: 39,
  max: 39,
  boundary: 'both',
  randomness: 'none',
  severity: 'block',
  prefix: /^ms-/,
};
