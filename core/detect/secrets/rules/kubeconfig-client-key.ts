import { readKeyBody } from '../private-key-body.ts';
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
  inspect({ value }) {
    const pem = Buffer.from(value, 'base64').toString('latin1');
    const kind = /^-----BEGIN ([A-Z ]{0,20}PRIVATE KEY)-----/.exec(pem);
    if (kind === null) return undefined;
    // The key's own value, so that the decoded text does not make a second finding of it.
    const body = readKeyBody(pem, kind[0].length, kind[1] ?? '');
    return body === undefined ? undefined : { value: body.value };
  },
  severity: 'block',
};
