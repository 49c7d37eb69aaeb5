import type { Rule } from '../rule.ts';

export const entraClientSecret: Rule = {
  id: 'entra-client-secret',
  provider: 'Microsoft Entra',
  page: 'https://learn.microsoft.com/en-us/purview/sit-defn-azure-ad-client-secret',
  rank: 'token',
  keywords: ['Q~'],
  before: 5,
  after: 48,
  pattern: /(?<![A-Za-z0-9_.~-])[A-Za-z0-9_.~-]{3}[0-9]Q~[A-Za-z0-9_.~-]{31,34}/,
  charset: 'wide',
  min: 37,
  max: 40,
  gate: 'none',
  boundary: 'none',
  randomness: 'alnum',
  severity: 'block',
  prefix: /^(?!)/,
};
