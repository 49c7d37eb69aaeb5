import type { Rule } from '../rule.ts';

export const vaultToken: Rule = {
  id: 'vault-token',
  provider: 'HashiCorp Vault',
  page: 'https://developer.hashicorp.com/vault/docs/concepts/tokens',
  rank: 'token',
  keywords: ['hvs.', 'hvb.'],
  before: 0,
  after: 334,
  pattern: /hv[sb]\.[A-Za-z0-9_-]{24,300}/,
  charset: 'token',
  min: 28,
  max: 310,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^hv[sb]\./,
};
