import type { Rule } from '../rule.ts';
import { isPassword } from '../password.ts';

export const pgpassPassword: Rule = {
  id: 'pgpass-password',
  provider: 'PostgreSQL',
  page: 'https://www.postgresql.org/docs/current/libpq-pgpass.html',
  rank: 'named',
  keywords: [':5432:', ':6432:', ':5433:'],
  before: 110,
  after: 300,
  pattern:
    /(?<=^|\n)[^\s:#@/"]{1,100}:[0-9]{4,5}:[^\s:"]{1,64}:[^\s:"]{1,64}:(?<value>[^\s:"]{8,128})(?=\r?\n|$)/,
  charset: 'visible',
  min: 8,
  max: 128,
  gate: 'none',
  boundary: 'none',
  randomness: 'none',
  inspect: ({ value }) => (isPassword(value) ? {} : undefined),
  severity: 'block',
};
