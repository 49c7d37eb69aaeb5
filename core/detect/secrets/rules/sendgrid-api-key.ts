import type { Rule } from '../rule.ts';

export const sendgridApiKey: Rule = {
  id: 'sendgrid-api-key',
  provider: 'Twilio SendGrid',
  page: 'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
  rank: 'token',
  keywords: ['SG.'],
  before: 0,
  after: 93,
  pattern: /SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}/,
  charset: 'token',
  min: 69,
  max: 69,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^SG\./,
};
