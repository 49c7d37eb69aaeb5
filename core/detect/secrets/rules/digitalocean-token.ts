import type { Rule } from '../rule.ts';

export const digitaloceanToken: Rule = {
  id: 'digitalocean-token',
  provider: 'DigitalOcean',
  page: 'https://docs.digitalocean.com/reference/api/create-personal-access-token/',
  rank: 'token',
  keywords: ['dop_v1_', 'doo_v1_', 'dor_v1_'],
  before: 0,
  after: 95,
  pattern: /do[por]_v1_[0-9a-f]{64}/,
  charset: 'word',
  min: 71,
  max: 71,
  randomness: 'hex',
  severity: 'block',
  prefix: /^do[por]_v1_/,
};
