import type { Rule } from '../rule.ts';
import { bech32 } from '../checksum.ts';

export const ageIdentity: Rule = {
  id: 'age-identity',
  provider: 'age',
  page: 'https://age-encryption.org/v1',
  rank: 'token',
  keywords: ['AGE-SECRET-KEY-1'],
  before: 0,
  after: 98,
  pattern: /AGE-SECRET-KEY-1[A-Z0-9]{58}/,
  charset: 'base64url',
  min: 74,
  max: 74,
  randomness: 'alnum',
  checksum: bech32,
  severity: 'block',
  prefix: /^AGE-SECRET-KEY-1/,
};
