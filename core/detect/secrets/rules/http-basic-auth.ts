import type { Rule } from '../rule.ts';
import { isPassword } from '../password.ts';

export const httpBasicAuth: Rule = {
  id: 'http-basic-auth',
  provider: 'RFC 7617',
  page: 'https://www.rfc-editor.org/rfc/rfc7617',
  rank: 'named',
  keywords: ['basic '],
  before: 0,
  after: 340,
  pattern: /basic {1,4}(?<value>[A-Za-z0-9+/]{12,300}={0,2})/i,
  charset: 'base64',
  min: 12,
  max: 302,
  gate: 'run',
  boundary: 'both',
  randomness: 'none',
  inspect: ({ lead, value }) => {
    if (!/authorization|auth|header/i.test(lead)) return undefined;
    const [user = '', ...rest] = Buffer.from(value, 'base64').toString('latin1').split(':');
    const password = rest.join(':');
    if (!/^[\x21-\x7e]{1,100}$/.test(user) || !/^[\x20-\x7e]+$/.test(password)) return undefined;
    return isPassword(password) ? { value: password } : undefined;
  },
  severity: 'block',
};
