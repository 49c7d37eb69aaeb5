import type { Rule } from '../rule.ts';

export const nvidiaApiKey: Rule = {
  id: 'nvidia-api-key',
  provider: 'NVIDIA',
  page: 'https://docs.nvidia.com/ngc/latest/ngc-user-guide.html',
  rank: 'token',
  keywords: ['nvapi-'],
  before: 0,
  after: 110,
  pattern: /nvapi-[A-Za-z0-9_-]{60,80}/,
  charset: 'base64url',
  min: 66,
  max: 86,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^nvapi-/,
};
