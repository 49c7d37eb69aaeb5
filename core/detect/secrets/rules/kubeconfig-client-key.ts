import type { Rule } from '../rule.ts';

export const kubeconfigClientKey: Rule = {
  id: 'kubeconfig-client-key',
  provider: 'Kubernetes',
  page: 'https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/',
  rank: 'file',
  keywords: ['client-key-data'],
  before: 0,
  after: 9000,
  pattern:
    /client-key-data\\?"?\s{0,4}:\s{0,4}\\?"?(?<value>LS0tLS1CRUdJTi[A-Za-z0-9+/=]{80,8500})/,
  charset: 'base64',
  min: 94,
  max: 8600,
  gate: 'none',
  boundary: 'none',
  randomness: 'none',
  inspect: ({ value }) => {
    const armour = Buffer.from(value, 'base64').toString('latin1', 0, 40);
    return armour.includes('PRIVATE KEY') ? {} : undefined;
  },
  severity: 'block',
};
