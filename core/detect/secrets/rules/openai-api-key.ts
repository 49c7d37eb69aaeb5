import type { Rule } from '../rule.ts';

/** Every key holds the base64 of `OpenAI`; the parts around it have grown over the years. */
export const openaiApiKey: Rule = {
  id: 'openai-api-key',
  provider: 'OpenAI',
  page: 'https://platform.openai.com/docs/api-reference/authentication',
  rank: 'token',
  keywords: ['T3BlbkFJ'],
  before: 200,
  after: 220,
  pattern:
    /sk-(?:proj-|svcacct-|admin-|service-|None-)?[A-Za-z0-9_-]{16,180}?T3BlbkFJ[A-Za-z0-9_-]{16,180}/,
  charset: 'base64url',
  min: 48,
  max: 400,
  gate: 'run',
  randomness: 'alnum',
  severity: 'block',
  prefix: /^sk-(?:proj-|svcacct-|admin-|service-|None-)?/,
};
