import type { Rule } from '../rule.ts';
import { assigned } from './shapes.ts';

export const awsSecretKey: Rule = {
  id: 'aws-secret-key',
  provider: 'Amazon Web Services',
  page: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html',
  rank: 'named',
  keywords: [
    'aws_secret',
    'awssecret',
    'aws-secret',
    'secret_access_key',
    'secretaccesskey',
    'secretkey',
    'secret_key',
  ],
  before: 0,
  after: 180,
  pattern: assigned('aws_?-?secret|secret_?-?(?:access_?-?)?key', '[A-Za-z0-9/+]{40}'),
  charset: 'base64',
  min: 40,
  max: 40,
  boundary: 'both',
  randomness: 'base64',
  severity: 'block',
};
