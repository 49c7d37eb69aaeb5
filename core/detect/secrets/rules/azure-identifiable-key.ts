import type { Rule } from '../rule.ts';

/** Keys that Azure annotates: a fixed signature at a fixed place, so that they can be told anywhere. */
export const azureIdentifiableKey: Rule = {
  id: 'azure-identifiable-key',
  provider: 'Microsoft Azure',
  page: 'https://learn.microsoft.com/en-us/purview/sit-defn-azure-storage-account-key',
  rank: 'token',
  keywords: [
    '+ASt',
    '+ABa',
    'ACDb',
    '+AEh',
    '+ASb',
    '+ARm',
    'AIoT',
    'JQQJ99',
    'AzSe',
    'AzFu',
    'AZDO',
    '+ACR',
  ],
  before: 80,
  after: 40,
  pattern:
    /(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{76}(?:\+ASt|\+ABa|ACDb)[A-Za-z0-9+/]{5}[AQgw]==|[A-Za-z0-9+/]{33}(?:\+AEh|\+ASb|\+ARm|AIoT)[A-Za-z0-9+/]{5}[A-Za-z0-9+/]=|[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26}|[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}|[A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5}|[A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{5}[AQgw]==|[A-Za-z0-9+/]{42}\+ACR[A-D][A-Za-z0-9+/]{5})(?![A-Za-z0-9+/=])/,
  charset: 'base64',
  min: 40,
  max: 100,
  gate: 'none',
  boundary: 'left',
  randomness: 'base64',
  severity: 'block',
  prefix: /^(?!)/,
};
