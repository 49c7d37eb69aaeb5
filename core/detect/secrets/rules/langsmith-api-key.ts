import type { Rule } from '../rule.ts';

export const langsmithApiKey: Rule = {
  id: 'langsmith-api-key',
  provider: 'LangChain',
  page: 'https://docs.smith.langchain.com/administration/how_to_guides/organization_management/create_account_api_key',
  rank: 'token',
  keywords: ['lsv2_pt_', 'lsv2_sk_'],
  before: 0,
  after: 75,
  pattern: /lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}/,
  charset: 'word',
  min: 51,
  max: 51,
  randomness: 'hex',
  severity: 'block',
  prefix: /^lsv2_(?:pt|sk)_/,
};
