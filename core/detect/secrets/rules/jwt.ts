import type { Rule } from '../rule.ts';
import { isExpired, isSampleToken, readJwt } from '../jwt.ts';

export const jwt: Rule = {
  id: 'jwt',
  provider: 'RFC 7519',
  page: 'https://www.rfc-editor.org/rfc/rfc7519',
  rank: 'token',
  keywords: ['eyJ'],
  before: 0,
  after: 4096,
  pattern: /eyJ[A-Za-z0-9_-]{8,500}\.eyJ[A-Za-z0-9_-]{8,3000}\.[A-Za-z0-9_-]{20,1000}/,
  charset: 'token',
  min: 40,
  max: 4096,
  randomness: 'none',
  inspect: ({ value }) => {
    const claims = readJwt(value);
    if (claims === undefined || claims.kubernetes || isSampleToken(claims)) return undefined;
    // Supabase's `anon` key is made to be published.
    return { severity: isExpired(claims) || claims.role === 'anon' ? 'warn' : 'block' };
  },
  severity: 'block',
  prefix: /^eyJ/,
};
