import type { Rule } from '../rule.ts';

export const wandbV1ApiKey: Rule = {
  id: 'wandb-v1-api-key',
  provider: 'Weights & Biases',
  page: 'https://docs.wandb.ai/guides/track/environment-variables/',
  rank: 'token',
  keywords: ['wandb_v1_'],
  before: 0,
  after: 123,
  pattern: /wandb_v1_[A-Za-z0-9_]{65,90}/,
  charset: 'word',
  min: 74,
  max: 99,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^wandb_v1_/,
};
