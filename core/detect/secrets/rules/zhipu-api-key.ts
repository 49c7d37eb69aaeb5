import type { Rule } from '../rule.ts';
import { assigned } from './shapes.ts';

export const zhipuApiKey: Rule = {
  id: 'zhipu-api-key',
  provider: 'Zhipu AI',
  page: 'https://docs.bigmodel.cn/cn/guide/develop/http/introduction',
  rank: 'named',
  keywords: ['zhipu', 'bigmodel', 'chatglm', 'glm_api', 'zai_api'],
  before: 0,
  after: 199,
  pattern: assigned('zhipu|bigmodel|chatglm|glm_api|zai_api', '[0-9a-f]{32}\\.[A-Za-z0-9]{16}'),
  charset: 'token',
  min: 49,
  max: 49,
  boundary: 'both',
  randomness: 'none',
  severity: 'block',
};
