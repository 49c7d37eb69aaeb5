import type { Rule } from '../rule.ts';

export const huggingfaceOauthToken: Rule = {
  id: 'huggingface-oauth-token',
  provider: 'Hugging Face',
  page: 'https://huggingface.co/docs/hub/security-tokens',
  rank: 'token',
  keywords: ['hf_oauth_'],
  before: 0,
  after: 1524,
  pattern: /hf_oauth_eyJ[A-Za-z0-9_-]{40,600}\.[A-Za-z0-9_-]{20,400}(?:\.[A-Za-z0-9_-]{20,400})?/,
  charset: 'token',
  min: 70,
  max: 1500,
  randomness: 'none',
  severity: 'block',
  prefix: /^hf_oauth_/,
};
