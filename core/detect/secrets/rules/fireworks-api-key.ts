import type { Rule } from '../rule.ts';

export const fireworksApiKey: Rule = {
  id: 'fireworks-api-key',
  provider: 'Fireworks AI',
  page: 'https://docs.fireworks.ai/api-reference/introduction',
  rank: 'token',
  keywords: ['fw_'],
  before: 0,
  after: 51,
  pattern: /fw_[A-Za-z0-9]{22,24}/,
  charset: 'word',
  min: 25,
  max: 27,
  boundary: 'both',
  randomness: 'alnum',
  severity: 'block',
  prefix: /^fw_/,
};
