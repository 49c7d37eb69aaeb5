import type { Rule } from '../rule.ts';

export const githubFineGrainedToken: Rule = {
  id: 'github-fine-grained-token',
  provider: 'GitHub',
  page: 'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/managing-your-personal-access-tokens',
  rank: 'token',
  keywords: ['github_pat_'],
  before: 0,
  after: 280,
  pattern: /github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59,220}/,
  charset: 'word',
  min: 93,
  max: 255,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^github_pat_/,
};
