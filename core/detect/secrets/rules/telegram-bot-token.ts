import type { Rule } from '../rule.ts';

export const telegramBotToken: Rule = {
  id: 'telegram-bot-token',
  provider: 'Telegram',
  page: 'https://core.telegram.org/bots/features#botfather',
  rank: 'token',
  keywords: [':AA'],
  before: 11,
  after: 44,
  pattern: /(?<![0-9])(?:[0-9]{8,10}):AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])/,
  charset: 'wide',
  min: 44,
  max: 46,
  gate: 'run',
  boundary: 'none',
  randomness: 'alnum',
  severity: 'block',
  prefix: /^[0-9]{8,10}:/,
};
