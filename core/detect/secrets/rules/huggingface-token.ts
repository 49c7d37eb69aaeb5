import type { Rule } from '../rule.ts';

/** 34 letters and digits. Many published tokens hold no digit, so none is asked for. */
export const huggingfaceToken: Rule = {
  id: 'huggingface-token',
  provider: 'Hugging Face',
  page: 'https://huggingface.co/docs/hub/security-tokens',
  rank: 'token',
  keywords: ['hf_', 'api_org_'],
  before: 0,
  after: 64,
  pattern: /(?:hf_|api_org_)[A-Za-z0-9]{34}/,
  charset: 'word',
  min: 37,
  max: 42,
  boundary: 'left',
  randomness: 'alnum',
  severity: 'block',
  prefix: /^(?:hf_|api_org_)/,
};
