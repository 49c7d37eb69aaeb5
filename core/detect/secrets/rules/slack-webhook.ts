import type { Rule } from '../rule.ts';

export const slackWebhook: Rule = {
  id: 'slack-webhook',
  provider: 'Slack',
  page: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/',
  rank: 'token',
  keywords: ['hooks.slack.com/'],
  before: 0,
  after: 140,
  pattern:
    /hooks\.slack\.com\/(?:services|workflows|triggers)\/(?<value>[A-Z0-9]{8,14}\/[A-Za-z0-9]{8,20}\/[A-Za-z0-9/]{20,64})/,
  charset: 'wide',
  min: 38,
  max: 100,
  gate: 'none',
  boundary: 'none',
  randomness: 'alnum',
  severity: 'block',
};
