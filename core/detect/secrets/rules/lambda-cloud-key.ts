import type { Rule } from '../rule.ts';

export const lambdaCloudKey: Rule = {
  id: 'lambda-cloud-key',
  provider: 'Lambda',
  page: 'https://docs.lambda.ai/public-cloud/cloud-api/',
  rank: 'token',
  keywords: ['secret_'],
  before: 0,
  after: 144,
  pattern: /secret_[A-Za-z0-9-]{1,40}_[0-9a-f]{32}(?:\.[A-Za-z0-9]{32})?/,
  charset: 'token',
  min: 42,
  max: 120,
  gate: 'none',
  boundary: 'left',
  randomness: 'alnum',
  severity: 'block',
  prefix: /^secret_/,
};
