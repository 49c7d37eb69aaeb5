import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CordonError } from '../error.ts';
import { initialPolicy } from './initial-policy.ts';
import { parsePolicy } from './parse-policy.ts';

const parse = (text: string) => parsePolicy(Buffer.from(text), '.cordon/policy.yaml');

function outcomeOf(bytes: Buffer): CordonError | 'taken' {
  try {
    parsePolicy(bytes, 'p.yaml');
    return 'taken';
  } catch (error) {
    if (error instanceof CordonError) return error;
    throw error;
  }
}

function errorOf(text: string | Buffer): CordonError {
  const outcome = outcomeOf(Buffer.from(text));
  if (outcome === 'taken') throw new Error('it was taken');
  return outcome;
}

const hasPlace = ({ data }: CordonError) => typeof (data['line'] ?? data['version']) === 'number';

const sample = `# yaml-language-server: $schema=./policy.schema.json
version: 1
mode: enforce
labels: [public, internal, confidential, restricted]
defaultLabel: internal
markings:
  - paths: ['src/model/**', 'configs/train/**']
    label: restricted
  - paths: ['docs/**']
    label: public
weights:
  label: restricted
  minBytes: 65536
secrets: {}
copies:
  from: confidential
destinations:
  - url: 'git@git.lab.example:*/**'
    clearance: restricted
  - url: 'https://github.com/acme/*'
    clearance: internal
isolated: false
allow:
  - {kind: weights, paths: ['test/fixtures/**'], maxBytes: 1048576, reason: 'toy models'}
  - {kind: secret, rule: aws-access-key, fingerprint: 'c1:abc', reason: 'documentation sample'}
copying:
  confidential: warn
  restricted: block
signing:
  - label: restricted
    require: [allowed-signer, hardware-key, touch, pin]
  - label: public
    require: [signed]
signers: .cordon/allowed_signers
record:
  reads: confidential
  privacy: plain
  ship: https://cordon.lab.example
`;

test('the whole sample is taken, with or without CRLF and a byte order mark', () => {
  const policy = parse(sample);
  expect(policy.markings).toHaveLength(2);
  expect(policy.signing[0]?.require).toContain('pin');
  expect(parse(`\uFEFF${sample.replaceAll('\n', '\r\n')}`)).toEqual(policy);
});

test('every key but the version may be left out', () => {
  const policy = parse('version: 1');
  expect(policy).toMatchObject({
    mode: 'enforce',
    defaultLabel: 'public',
    weights: { label: 'restricted', minBytes: 65536 },
    copies: { from: 'confidential' },
    isolated: false,
  });
  expect(parse('version: 1\nlabels: [low, mid, high]')).toMatchObject({
    defaultLabel: 'low',
    weights: { label: 'high' },
    copies: { from: 'mid' },
  });
});

test('the first policy that init writes is a policy', () => {
  const urls = ['git@git.lab.example:a/"b"', 'https://x.example/c # d'];
  const policy = parse(initialPolicy({ destinations: urls, salt: 'aa' }));
  expect(policy.destinations.map(({ url }) => url)).toEqual(urls);
  expect(policy.secrets.salt).toBe('aa');
  expect(parse(initialPolicy({ destinations: [], salt: '' })).destinations).toEqual([]);
});

describe('each mistake is told with its place and the nearest valid word', () => {
  test.each([
    ['version: 1\nmod: enforce', { line: 2, column: 1, found: '"mod"', nearest: 'mode' }],
    ['version: 1\nmode: enfroce', { line: 2, column: 7, found: '"enfroce"', nearest: 'enforce' }],
    ['version: 1\ndefaultLabel: interal', { line: 2, column: 15, nearest: 'internal' }],
    [
      "version: 1\nmarkings:\n  - paths: ['a']\n    label: restrcted",
      { line: 4, column: 12, nearest: 'restricted' },
    ],
    [
      "version: 1\nmarkings:\n  - path: ['a']\n    label: public",
      { line: 3, column: 5, nearest: 'paths' },
    ],
    ['version: 1\nmarkings: {}', { line: 2, column: 11 }],
    ['version: 1\nisolated: "yes"', { line: 2, column: 11, expected: 'true | false' }],
    ['version: 1\nlabels: [a, b, a]', { line: 2, column: 16 }],
    ['version: 1\nlabels: []', { line: 2, column: 9 }],
    ['version: 1\nweights: {minBytes: -1}', { line: 2, column: 21 }],
    ['version: 1\nversion: 1', { line: 2, column: 1 }],
    ['version: 1\nallow:\n  - {kind: weights, reason: x}', { line: 3, column: 5 }],
    ["version: 1\nallow:\n  - {kind: weights, paths: [a], reason: ' '}", { line: 3, column: 41 }],
    ['version: 1\nallow:\n  - {kind: weight, paths: [a], reason: x}', { nearest: 'weights' }],
    ['version: 1\ncopying: {restrictd: block}', { line: 2, column: 11, nearest: 'restricted' }],
    ['mode: enforce', { line: 1, expected: 'version: 1', found: 'nothing' }],
    ['version: one', { line: 1, column: 10 }],
    ['', { line: 1 }],
    ['[]', { line: 1, column: 1 }],
    ['version: 1\nlabels: &a [x]\nmarkings: *a', { line: 2, column: 9 }],
    ['version: 1\nmode: !evil enforce', { line: 2 }],
    ['version: 1\n---\nversion: 1', { line: 2 }],
    ['version: 1\n\tmode: enforce', { line: 2 }],
    ['version: 1\nmode: [', { line: 2 }],
  ])('%j', (text, place) => {
    const error = errorOf(text);
    expect(error.code).toBe('policy.invalid');
    expect(error.data).toMatchObject(place);
  });

  test('bytes that are not UTF-8', () => {
    const error = errorOf(Buffer.from([0x61, 0x3a, 0x0a, 0x62, 0xff]));
    expect(error).toMatchObject({ code: 'policy.invalid', data: { line: 2, column: 2 } });
  });
});

test('a newer version is refused by name, whatever else it holds', () => {
  const error = errorOf('version: 2\nlasers: on');
  expect(error).toMatchObject({ code: 'policy.newer-version', data: { version: 2, supported: 1 } });
});

describe('what was made to hurt', () => {
  test('50 MB are refused unread', () => {
    expect(errorOf(Buffer.alloc(50 * 1024 * 1024, 0x20)).code).toBe('policy.too-large');
  });
  test('aliases that unfold', () => {
    const rows = ['version: 1', 'a: &a [x,x,x,x,x,x,x,x,x]'];
    for (let i = 1; i < 30; i += 1) rows.push(`k${i}: &k${i} [*a,*a,*a,*a,*a,*a,*a,*a]`);
    expect(errorOf(rows.join('\n')).code).toBe('policy.invalid');
  });
  test('a nesting of a hundred thousand brackets', () => {
    expect(errorOf(`version: 1\nmode: ${'['.repeat(100_000)}`).code).toBe('policy.invalid');
  });
  test('10,000 mutations end in a policy or in an error of ours', () => {
    const bytes = Buffer.from(sample);
    let taken = 0;
    let told = true;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.nat(bytes.length),
        fc.boolean(),
        (edits, cut, isCut) => {
          const broken = Buffer.from(isCut ? bytes.subarray(0, cut) : bytes);
          for (const [at, value] of edits) if (at < broken.length) broken[at] = value;
          const outcome = outcomeOf(broken);
          if (outcome === 'taken') taken += 1;
          told &&= outcome === 'taken' || hasPlace(outcome);
        },
      ),
      { numRuns: 10_000 },
    );
    expect(taken).toBeGreaterThan(0);
    expect(told).toBe(true);
  }, 240_000);
});
