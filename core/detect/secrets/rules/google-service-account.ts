import type { Rule } from '../rule.ts';
import { readKeyBody } from '../private-key-body.ts';

/** One finding for the whole file: its key is the credential. */
export const googleServiceAccount: Rule = {
  id: 'google-service-account',
  provider: 'Google Cloud',
  page: 'https://cloud.google.com/iam/docs/keys-create-delete',
  rank: 'file',
  keywords: ['private_key\\"', 'private_key"'],
  before: 3000,
  after: 6000,
  pattern:
    /"private_key\\{0,3}"\s{0,8}:\s{0,8}\\{0,3}"(?<value>-----BEGIN (?:RSA )?PRIVATE KEY-----[^"]{100,5000})"/,
  charset: 'printable',
  min: 100,
  max: 5100,
  gate: 'none',
  boundary: 'none',
  randomness: 'none',
  stopwords: [],
  inspect: ({ text, start, value }) => {
    if (!/service_account/.test(text) || !/client_email/.test(text)) return undefined;
    const body = readKeyBody(text, start + value.indexOf('KEY-----') + 8, 'PRIVATE');
    return body === undefined ? undefined : { value: body.value, end: start + value.length };
  },
  severity: 'block',
};
