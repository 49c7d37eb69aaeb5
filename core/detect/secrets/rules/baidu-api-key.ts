import type { Rule } from '../rule.ts';

export const baiduApiKey: Rule = {
  id: 'baidu-api-key',
  provider: 'Baidu',
  page: 'https://cloud.baidu.com/doc/qianfan-docs/s/Jm8r1826a',
  rank: 'token',
  keywords: ['bce-v3/'],
  before: 0,
  after: 114,
  pattern: /bce-v3\/ALTAK-[A-Za-z0-9]{16,30}\/[0-9a-f]{40}/,
  charset: 'wide',
  min: 70,
  max: 90,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^bce-v3\/ALTAK-/,
};
