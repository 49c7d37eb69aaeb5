import type { Rule } from '../rule.ts';

export const dockerToken: Rule = {
  id: 'docker-token',
  provider: 'Docker',
  page: 'https://docs.docker.com/security/access-tokens/',
  rank: 'token',
  keywords: ['dckr_pat_', 'dckr_oat_'],
  before: 0,
  after: 65,
  pattern: /dckr_[po]at_[A-Za-z0-9_-]{27,32}/,
  charset: 'base64url',
  min: 36,
  max: 41,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^dckr_[po]at_/,
};
