import type { Rule } from '../rule.ts';

/** Routable tokens add two dotted parts: the payload's length and a checksum. */
export const gitlabToken: Rule = {
  id: 'gitlab-token',
  provider: 'GitLab',
  page: 'https://docs.gitlab.com/security/tokens/',
  rank: 'token',
  keywords: [
    'glpat-',
    'gloas-',
    'gldt-',
    'glrt-',
    'glrtr-',
    'glcbt-',
    'glptt-',
    'glft-',
    'glimt-',
    'glagent-',
    'glwt-',
    'glsoat-',
    'glffct-',
  ],
  before: 0,
  after: 340,
  pattern:
    /gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|imt|agent|wt|soat|ffct)-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?/,
  charset: 'token',
  min: 25,
  max: 340,
  randomness: 'alnum',
  severity: 'block',
  prefix: /^gl[a-z]+-/,
};
