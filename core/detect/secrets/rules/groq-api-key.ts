import type { Rule } from '../rule.ts';

export const groqApiKey: Rule = {
  id: 'groq-api-key',
  provider: 'Groq',
  page: 'https://console.groq.com/docs/quickstart',
  rank: 'token',
  keywords: ['gsk_'],
  before: 0,
  after: 80,
  pattern: /gsk_[A-Za-z0-9]{52}/,
  charset: 'word',
  min: 56,
  max: 56,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^gsk_/,
};
