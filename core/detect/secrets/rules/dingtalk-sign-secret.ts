import type { Rule } from '../rule.ts';

export const dingtalkSignSecret: Rule = {
  id: 'dingtalk-sign-secret',
  provider: 'DingTalk',
  page: 'https://open.dingtalk.com/document/orgapp/customize-robot-security-settings',
  rank: 'token',
  keywords: ['SEC'],
  before: 0,
  after: 91,
  pattern: /SEC[0-9a-f]{64}/,
  charset: 'alnum',
  min: 67,
  max: 67,
  boundary: 'both',
  randomness: 'hex',
  severity: 'block',
  prefix: /^SEC/,
};
