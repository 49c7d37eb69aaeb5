import type { Rule } from '../rule.ts';

/** Every key holds the base64 of `OpenAI`; the parts around it have grown over the years. The
 * long prefixes stand nowhere else, so a key of a format to come is found by them. */
export const openaiApiKey: Rule = {
  id: 'openai-api-key',
  provider: 'OpenAI',
  page: 'https://platform.openai.com/docs/api-reference/authentication',
  rank: 'token',
  keywords: ['T3BlbkFJ', 'sk-proj-', 'sk-svcacct-', 'sk-admin-'],
  before: 200,
  after: 320,
  pattern:
    /sk-(?:proj-|svcacct-|admin-|service-|None-)?[A-Za-z0-9_-]{16,180}?T3BlbkFJ[A-Za-z0-9_-]{16,180}|sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,300}/,
  charset: 'base64url',
  min: 48,
  max: 400,
  gate: 'run',
  randomness: 'alnum',
  severity: 'block',
  prefix: /^sk-(?:proj-|svcacct-|admin-|service-|None-)?/,
};
