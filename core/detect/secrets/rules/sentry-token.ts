import type { Rule } from '../rule.ts';

export const sentryToken: Rule = {
  id: 'sentry-token',
  provider: 'Sentry',
  page: 'https://docs.sentry.io/account/auth-tokens/',
  rank: 'token',
  keywords: ['sntrys_', 'sntryu_'],
  before: 0,
  after: 434,
  pattern: /(?:sntrys_eyJ[A-Za-z0-9+/=_-]{60,400}|sntryu_[0-9a-f]{64})/,
  charset: 'wide',
  min: 70,
  max: 410,
  randomness: 'mixed',
  severity: 'block',
  prefix: /^sntry[su]_/,
};
