import type { Rule } from '../rule.ts';

export const mailgunApiKey: Rule = {
  id: 'mailgun-api-key',
  provider: 'Mailgun',
  page: 'https://documentation.mailgun.com/docs/mailgun/api-reference/intro/',
  rank: 'token',
  keywords: ['key-'],
  before: 0,
  after: 60,
  pattern: /key-[0-9a-f]{32}/,
  charset: 'base64url',
  min: 36,
  max: 36,
  boundary: 'both',
  randomness: 'hex',
  severity: 'block',
  prefix: /^key-/,
};
