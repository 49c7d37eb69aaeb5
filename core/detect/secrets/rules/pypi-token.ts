import type { Rule } from '../rule.ts';
import { macaroonLocation } from '../macaroon.ts';

/** A version 2 macaroon whose location is the index. */
export const pypiToken: Rule = {
  id: 'pypi-token',
  provider: 'PyPI',
  page: 'https://pypi.org/help/#apitoken',
  rank: 'token',
  keywords: ['pypi-AgEIcHlwaS5vcmc', 'pypi-AgENdGVzdC5weXBpLm9yZw'],
  before: 0,
  after: 534,
  pattern: /pypi-AgE[A-Za-z0-9_-]{80,500}/,
  charset: 'base64url',
  min: 90,
  max: 510,
  randomness: 'alnum',
  inspect: ({ value }) => {
    const location = macaroonLocation(Buffer.from(value.slice(5), 'base64url'));
    return location === undefined ? undefined : { proven: location.endsWith('pypi.org') };
  },
  severity: 'block',
  prefix: /^pypi-/,
};
