import type { Rule } from '../rule.ts';

export const databricksToken: Rule = {
  id: 'databricks-token',
  provider: 'Databricks',
  page: 'https://docs.databricks.com/aws/en/dev-tools/auth/pat',
  rank: 'token',
  keywords: ['dapi', 'dose', 'dkea'],
  before: 0,
  after: 62,
  pattern: /(?:dapi|dose|dkea)[0-9a-f]{32}(?:-[0-9])?/,
  charset: 'base64url',
  min: 36,
  max: 38,
  boundary: 'both',
  randomness: 'hex',
  severity: 'block',
  prefix: /^(?:dapi|dose|dkea)/,
};
