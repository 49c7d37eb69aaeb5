import type { Rule } from '../rule.ts';

export const dopplerToken: Rule = {
  id: 'doppler-token',
  provider: 'Doppler',
  page: 'https://docs.doppler.com/docs/service-tokens',
  rank: 'token',
  keywords: ['dp.pt.', 'dp.st.', 'dp.sa.', 'dp.ct.'],
  before: 0,
  after: 114,
  pattern: /dp\.(?:pt|st|sa|ct)\.(?:[a-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}/,
  charset: 'token',
  min: 46,
  max: 90,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^dp\.[a-z]{2}\./,
};
