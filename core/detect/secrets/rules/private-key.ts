import type { Rule } from '../rule.ts';
import { readKeyBody } from '../private-key-body.ts';

/** The body must decode to a key; one under a passphrase warns. */
export const privateKey: Rule = {
  id: 'private-key',
  provider: 'RFC 7468, OpenSSH, RFC 9580',
  page: 'https://www.rfc-editor.org/rfc/rfc7468',
  rank: 'file',
  keywords: ['PRIVATE KEY-', 'PRIVATE KEY BLOCK-', 'PRIVATE KEY -'],
  exactCase: true,
  before: 48,
  after: 20000,
  pattern: /-{4,5} ?BEGIN (?<value>(?:[A-Z0-9]{1,10} ){0,4}PRIVATE KEY(?: BLOCK)?) ?-{4,5}/,
  charset: 'printable',
  min: 11,
  max: 60,
  gate: 'none',
  boundary: 'none',
  randomness: 'none',
  inspect: ({ text, start, value }) => {
    const dashes = text.indexOf('--', start + value.length);
    const from = dashes + (/^-+/.exec(text.slice(dashes, dashes + 8))?.[0].length ?? 0);
    const body = readKeyBody(text, from, value);
    if (body === undefined) return undefined;
    return { value: body.value, end: body.end, severity: body.encrypted ? 'warn' : 'block' };
  },
  severity: 'block',
};
