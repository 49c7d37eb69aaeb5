import type { Rule } from '../rule.ts';

export const runpodApiKey: Rule = {
  id: 'runpod-api-key',
  provider: 'RunPod',
  page: 'https://docs.runpod.io/get-started/api-keys',
  rank: 'token',
  keywords: ['rpa_'],
  before: 0,
  after: 88,
  pattern: /rpa_[A-Za-z0-9]{40,60}/,
  charset: 'word',
  min: 44,
  max: 64,
  randomness: 'upper',
  severity: 'block',
  prefix: /^rpa_/,
};
