import type { Rule } from '../rule.ts';

export const feishuWebhook: Rule = {
  id: 'feishu-webhook',
  provider: 'Feishu, Lark',
  page: 'https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot',
  rank: 'token',
  keywords: ['/open-apis/bot/v2/hook/', '/open-apis/bot/hook/'],
  before: 0,
  after: 80,
  pattern:
    /\/open-apis\/bot\/(?:v2\/)?hook\/(?<value>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})/,
  charset: 'base64url',
  min: 36,
  max: 36,
  gate: 'none',
  boundary: 'none',
  randomness: 'none',
  severity: 'block',
};
