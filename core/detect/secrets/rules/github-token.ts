import type { Rule } from '../rule.ts';
import { prefixedCrc } from '../checksum.ts';

/** 30 random characters and six of checksum; GitHub asks to allow for up to 255. */
export const githubToken: Rule = {
  id: 'github-token',
  provider: 'GitHub',
  page: 'https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github',
  rank: 'token',
  keywords: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'],
  before: 0,
  after: 280,
  pattern: /gh[pousr]_[A-Za-z0-9]{36,255}/,
  charset: 'word',
  min: 40,
  max: 259,
  randomness: 'alnum',
  checksum: prefixedCrc,
  severity: 'block',
  prefix: /^gh[pousr]_/,
};
