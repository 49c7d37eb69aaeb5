import type { Rule } from '../rule.ts';

export const puttyPrivateKey: Rule = {
  id: 'putty-private-key',
  provider: 'PuTTY',
  page: 'https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html',
  rank: 'file',
  keywords: ['PuTTY-User-Key-File-'],
  exactCase: true,
  before: 0,
  after: 9000,
  pattern:
    /PuTTY-User-Key-File-[23]: {0,2}[\w-]{3,40}\s{1,8}Encryption: {0,2}(?<cipher>[\w-]{3,20})\s[^\0]{20,7000}?Private-Lines: {0,2}[0-9]{1,4}\s{1,4}(?<value>[A-Za-z0-9+/=]{40,64})/,
  charset: 'base64',
  min: 40,
  max: 64,
  gate: 'none',
  boundary: 'none',
  randomness: 'base64',
  inspect: ({ groups }) => ({ severity: groups['cipher'] === 'none' ? 'block' : 'warn' }),
  severity: 'block',
};
