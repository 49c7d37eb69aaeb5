/** The claims of a JSON Web Token that say what it opens, and until when. */
export interface Claims {
  readonly issuer: string;
  readonly subject: string;
  /** Seconds since 1970. */
  readonly expires: number | undefined;
  readonly kubernetes: boolean;
  readonly role: string;
  /** All of it, as JSON. */
  readonly text: string;
}

function parsePart(part: string): Record<string, unknown> | undefined {
  const json = Buffer.from(part, 'base64url').toString('utf8');
  if (!json.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch (error) {
    // Not JSON, so no token: the shape alone is common in encoded data.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');

/** Decodes a signed token (RFC 7519). Undefined where it is none, or its algorithm is `none`. */
export function readJwt(token: string): Claims | undefined {
  const [head = '', body = ''] = token.split('.');
  const algorithm = text(parsePart(head)?.['alg']);
  const claims = parsePart(body);
  if (algorithm === '' || /^none$/i.test(algorithm) || claims === undefined) return undefined;
  const expires = claims['exp'];
  const issuer = text(claims['iss']);
  const subject = text(claims['sub']);
  return {
    issuer,
    subject,
    expires: typeof expires === 'number' ? expires : undefined,
    kubernetes:
      issuer === 'kubernetes/serviceaccount' ||
      'kubernetes.io' in claims ||
      subject.startsWith('system:serviceaccount:'),
    role: text(claims['role']),
    text: JSON.stringify(claims),
  };
}

/** An expired token warns: it opens nothing now, and never will again, so the fact stays true. */
export function isExpired(claims: Claims): boolean {
  return claims.expires !== undefined && claims.expires * 1000 < Date.now();
}

const STAND_IN =
  /\b(?:example|test|tester|john|jane|joe|doe|foo|bar|foobar|baz|dummy|sample|hello|world|payload|1234567890)\b/i;
const REGISTERED = /"(?:iss|sub|aud|exp|nbf|iat|jti)":/;

/** Whether the claims are those of documentation: nobody's name, or none that a service would check. */
export function isSampleToken(claims: Claims): boolean {
  return STAND_IN.test(claims.text) || !REGISTERED.test(claims.text);
}
