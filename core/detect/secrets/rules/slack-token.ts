import type { Rule } from '../rule.ts';

export const slackToken: Rule = {
  id: 'slack-token',
  provider: 'Slack',
  page: 'https://api.slack.com/concepts/token-types',
  rank: 'token',
  keywords: [
    'xoxb-',
    'xoxp-',
    'xoxa-',
    'xoxr-',
    'xoxs-',
    'xoxc-',
    'xoxd-',
    'xapp-',
    'xoxe-',
    'xoxe.',
  ],
  before: 0,
  after: 260,
  pattern: /(?:xox[abcdeprs]-|xoxe\.|xapp-)[A-Za-z0-9.%-]{20,240}/,
  charset: 'wide',
  min: 26,
  max: 250,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^(?:xox[abcdeprs]-|xoxe\.xox[bp]-|xoxe\.|xapp-)/,
};
