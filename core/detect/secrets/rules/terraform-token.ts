import type { Rule } from '../rule.ts';

export const terraformToken: Rule = {
  id: 'terraform-token',
  provider: 'HashiCorp Terraform',
  page: 'https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens',
  rank: 'token',
  keywords: ['.atlasv1.'],
  before: 16,
  after: 100,
  pattern: /[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,80}/,
  charset: 'token',
  min: 80,
  max: 110,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^(?!)/,
};
