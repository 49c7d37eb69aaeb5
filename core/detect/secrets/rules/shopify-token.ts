import type { Rule } from '../rule.ts';

export const shopifyToken: Rule = {
  id: 'shopify-token',
  provider: 'Shopify',
  page: 'https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens',
  rank: 'token',
  keywords: ['shpat_', 'shpca_', 'shppa_', 'shpss_'],
  before: 0,
  after: 62,
  pattern: /shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/,
  charset: 'word',
  min: 38,
  max: 38,
  randomness: 'hex',
  severity: 'block',
  prefix: /^shp[a-z]{2}_/,
};
