import type { Rule } from '../rule.ts';

export const supabaseKey: Rule = {
  id: 'supabase-key',
  provider: 'Supabase',
  page: 'https://supabase.com/docs/guides/api/api-keys',
  rank: 'token',
  keywords: ['sb_secret_', 'sbp_'],
  before: 0,
  after: 99,
  pattern: /(?:sb_secret_[A-Za-z0-9_-]{22,60}|sbp_[0-9a-f]{40})/,
  charset: 'base64url',
  min: 32,
  max: 75,
  boundary: 'left',
  randomness: 'mixed',
  severity: 'block',
  prefix: /^(?:sb_secret_|sbp_)/,
};
