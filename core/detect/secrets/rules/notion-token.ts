import type { Rule } from '../rule.ts';

export const notionToken: Rule = {
  id: 'notion-token',
  provider: 'Notion',
  page: 'https://developers.notion.com/docs/authorization',
  rank: 'token',
  keywords: ['ntn_'],
  before: 0,
  after: 78,
  pattern: /ntn_[A-Za-z0-9]{40,50}/,
  charset: 'word',
  min: 44,
  max: 54,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^ntn_/,
};
