import type { Rule } from '../rule.ts';
import { revealRclonePassword } from '../rclone-password.ts';

/** Only obscured: the value told is the password itself, as it may stand elsewhere too. */
export const rclonePassword: Rule = {
  id: 'rclone-password',
  provider: 'rclone',
  page: 'https://rclone.org/commands/rclone_obscure/',
  rank: 'named',
  keywords: ['pass =', 'pass=', 'password =', 'password2 =', 'password=', 'password2='],
  exactCase: true,
  before: 600,
  after: 340,
  pattern: /(?:pass|password|password2) ?= ?(?<value>[A-Za-z0-9_-]{30,300})(?![A-Za-z0-9_.+/=-])/,
  charset: 'base64url',
  min: 30,
  max: 300,
  gate: 'none',
  boundary: 'none',
  randomness: 'none',
  inspect: ({ text, value }) => {
    const password = /(?:^|\n)type ?= ?[a-z]/.test(text) ? revealRclonePassword(value) : undefined;
    return password === undefined ? undefined : { value: password };
  },
  severity: 'block',
};
