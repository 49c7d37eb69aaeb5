import type { Rule } from '../rule.ts';
import { isPassword } from '../password.ts';

/** `user:password` in base64: the value told is the password, as it may stand elsewhere too. */
export const dockerConfigAuth: Rule = {
  id: 'docker-config-auth',
  provider: 'Docker',
  page: 'https://docs.docker.com/reference/cli/docker/login/',
  rank: 'named',
  keywords: ['"auth"', '"auth\\"'],
  before: 0,
  after: 700,
  pattern: /"auth\\?"\s{0,4}:\s{0,4}\\?"(?<value>[A-Za-z0-9+/]{12,600}={0,2})/,
  charset: 'base64',
  min: 12,
  max: 602,
  gate: 'none',
  boundary: 'both',
  randomness: 'none',
  inspect: ({ value }) => {
    const [user = '', ...rest] = Buffer.from(value, 'base64').toString('latin1').split(':');
    const password = rest.join(':');
    if (!/^[\x21-\x7e]{1,200}$/.test(user) || !/^[\x20-\x7e]+$/.test(password)) return undefined;
    return isPassword(password) ? { value: password } : undefined;
  },
  severity: 'block',
};
