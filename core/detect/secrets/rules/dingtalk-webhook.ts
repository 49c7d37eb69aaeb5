import type { Rule } from '../rule.ts';

export const dingtalkWebhook: Rule = {
  id: 'dingtalk-webhook',
  provider: 'DingTalk',
  page: 'https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages',
  rank: 'token',
  keywords: ['robot/send?access_token='],
  before: 0,
  after: 100,
  pattern: /robot\/send\?access_token=(?<value>[0-9a-f]{64})/,
  charset: 'hex',
  min: 64,
  max: 64,
  gate: 'none',
  boundary: 'none',
  randomness: 'hex',
  severity: 'block',
};
