import type { Rule } from '../rule.ts';

export const stripeKey: Rule = {
  id: 'stripe-key',
  provider: 'Stripe',
  page: 'https://docs.stripe.com/keys',
  rank: 'token',
  keywords: ['sk_live_', 'rk_live_', 'whsec_'],
  before: 0,
  after: 280,
  pattern: /(?:[sr]k_live_[A-Za-z0-9]{20,247}|whsec_[A-Za-z0-9+/]{32,64})/,
  charset: 'wide',
  min: 28,
  max: 255,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^(?:[sr]k_live_|whsec_)/,
};
