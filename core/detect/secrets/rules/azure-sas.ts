import type { Rule } from '../rule.ts';

/** A signature in a query with a service version. One that has expired warns: it never opens again. */
export const azureSas: Rule = {
  id: 'azure-sas',
  provider: 'Microsoft Azure',
  page: 'https://learn.microsoft.com/en-us/azure/storage/common/storage-sas-overview',
  rank: 'token',
  keywords: ['sig='],
  before: 400,
  after: 400,
  pattern: /sig=(?<value>[A-Za-z0-9+/%]{43,64}(?:%3[dD]|=))/,
  charset: 'wide',
  min: 44,
  max: 70,
  gate: 'run',
  boundary: 'none',
  randomness: 'base64',
  inspect: ({ text, value }) => {
    if (!/\bsv=20[0-9]{2}-[0-9]{2}-[0-9]{2}/.test(text) || !/[?&;]s[ep]=/.test(text))
      return undefined;
    const expiry = /[?&;]se=(20[0-9]{2}-[0-9]{2}-[0-9]{2})/.exec(text)?.[1];
    const expired = expiry !== undefined && Date.parse(expiry) + 86_400_000 < Date.now();
    return { value: decodeURIComponent(value), severity: expired ? 'warn' : 'block' };
  },
  severity: 'block',
};
