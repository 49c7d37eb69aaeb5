import type { Rule } from '../rule.ts';
import { isExpired, readJwt } from '../jwt.ts';

export const kubernetesServiceAccountToken: Rule = {
  id: 'kubernetes-service-account-token',
  provider: 'Kubernetes',
  page: 'https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/',
  rank: 'token',
  keywords: ['eyJ'],
  before: 0,
  after: 4096,
  pattern: /eyJ[A-Za-z0-9_-]{8,500}\.eyJ[A-Za-z0-9_-]{8,3000}\.[A-Za-z0-9_-]{20,1000}/,
  charset: 'token',
  min: 40,
  max: 4096,
  randomness: 'none',
  inspect: ({ value }) => {
    const claims = readJwt(value);
    if (claims === undefined || !claims.kubernetes) return undefined;
    return { severity: isExpired(claims) ? 'warn' : 'block' };
  },
  severity: 'block',
  prefix: /^eyJ/,
};
