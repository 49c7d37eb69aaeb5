import type { Rule } from '../rule.ts';

export const discordWebhook: Rule = {
  id: 'discord-webhook',
  provider: 'Discord',
  page: 'https://discord.com/developers/docs/resources/webhook',
  rank: 'token',
  keywords: ['/api/webhooks/'],
  before: 0,
  after: 140,
  pattern: /\/api\/webhooks\/[0-9]{17,20}\/(?<value>[A-Za-z0-9_-]{60,80})/,
  charset: 'base64url',
  min: 60,
  max: 80,
  gate: 'none',
  boundary: 'none',
  randomness: 'alnum',
  severity: 'block',
};
