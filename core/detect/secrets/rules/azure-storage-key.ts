import type { Rule } from '../rule.ts';
import { assigned } from './shapes.ts';

/** The storage emulator's key is the same on every machine, and published. */
export const azureStorageKey: Rule = {
  id: 'azure-storage-key',
  provider: 'Microsoft Azure',
  page: 'https://learn.microsoft.com/en-us/azure/storage/common/storage-configure-connection-string',
  rank: 'named',
  keywords: [
    'accountkey',
    'account_key',
    'account-key',
    'storage_key',
    'storagekey',
    'sharedaccesskey',
    'storage_access_key',
  ],
  before: 0,
  after: 220,
  pattern: assigned(
    'account[_-]?key|storage_?(?:access_?)?key|sharedaccesskey',
    '(?:[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{43}=)',
  ),
  charset: 'base64',
  min: 44,
  max: 88,
  randomness: 'base64',
  stopwords: ['eby8vdm02xnocqflquwjpllmetlcdxj1ouzft50usrz6ifsufq2uvercz4i6tq'],
  severity: 'block',
};
