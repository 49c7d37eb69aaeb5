import type { Rule } from '../rule.ts';

export const grafanaToken: Rule = {
  id: 'grafana-token',
  provider: 'Grafana',
  page: 'https://grafana.com/docs/grafana/latest/administration/service-accounts/',
  rank: 'token',
  keywords: ['glsa_', 'glc_'],
  before: 0,
  after: 334,
  pattern: /(?:glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}|glc_[A-Za-z0-9+/]{50,300}={0,2})/,
  charset: 'wide',
  min: 46,
  max: 310,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^(?:glsa_|glc_)/,
};
