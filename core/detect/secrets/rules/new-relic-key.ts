import type { Rule } from '../rule.ts';

export const newRelicKey: Rule = {
  id: 'new-relic-key',
  provider: 'New Relic',
  page: 'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/',
  rank: 'token',
  keywords: ['NRAK-'],
  before: 0,
  after: 56,
  pattern: /NRAK-[A-Z0-9]{27}/,
  charset: 'base64url',
  min: 32,
  max: 32,
  randomness: 'upper',
  severity: 'block',
  prefix: /^NRAK-/,
};
