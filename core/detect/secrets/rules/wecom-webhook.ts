import type { Rule } from '../rule.ts';

export const wecomWebhook: Rule = {
  id: 'wecom-webhook',
  provider: 'WeCom',
  page: 'https://developer.work.weixin.qq.com/document/path/91770',
  rank: 'token',
  keywords: ['webhook/send?key='],
  before: 0,
  after: 80,
  pattern: /webhook\/send\?key=(?<value>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/,
  charset: 'base64url',
  min: 36,
  max: 36,
  gate: 'none',
  boundary: 'none',
  randomness: 'none',
  severity: 'block',
};
