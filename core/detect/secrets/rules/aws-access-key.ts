import type { Rule } from '../rule.ts';

/** The identifier alone warns: it opens nothing. With its secret within some twenty lines it is whole. */
export const awsAccessKey: Rule = {
  id: 'aws-access-key',
  provider: 'Amazon Web Services',
  page: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html',
  rank: 'token',
  keywords: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
  before: 0,
  after: 24,
  pattern: /A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}/,
  charset: 'upper',
  min: 20,
  max: 20,
  boundary: 'both',
  randomness: 'upper',
  pair: {
    pattern: /(?<![A-Za-z0-9/+_-])([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=_-])/,
    before: 1024,
    after: 1536,
    randomness: 'base64',
    alone: 'warn',
  },
  severity: 'block',
  prefix: /^A(?:KIA|SIA|BIA|CCA)/,
};
