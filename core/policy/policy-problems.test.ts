import { describe, expect, test } from 'vitest';
import { CordonError } from '../error.ts';
import { MAX_POLICY_BYTES, parsePolicy, readPolicy } from './parse-policy.ts';
import { pathText } from './problem.ts';
import type { Policy } from './policy.ts';

const FILE = '.cordon/policy.yaml';
const parse = (text: string): Policy => parsePolicy(Buffer.from(text), FILE);
const problemsOf = (text: string | Buffer) => readPolicy(Buffer.from(text), FILE).problems;
const firstOf = (text: string | Buffer) => {
  try {
    parsePolicy(Buffer.from(text), FILE);
  } catch (error) {
    if (error instanceof CordonError) return { code: error.code, ...error.data };
    throw error;
  }
  return undefined;
};

/** Every key there is. */
const whole = `# yaml-language-server: $schema=./policy.schema.json
version: 1
mode: observe
labels: [open, team, lab, vault]
defaultLabel: team
markings:
  - paths: ['src/model/**', configs/train/]
    label: vault
  - {paths: [docs/**], label: open}
weights:
  label: lab
  minBytes: 1024
secrets:
  salt: pepper
copies:
  from: lab
destinations:
  - url: 'git@git.lab.example:*/**'
    clearance: vault
isolated: true
contactDestinations: false
allow:
  - {kind: weights, paths: ['test/fixtures/**'], maxBytes: 1048576, reason: toy models}
  - {kind: secret, rule: aws-access-key, fingerprint: 'c1:0', reason: documentation sample}
copying:
  lab: warn
  vault: block
signing:
  - label: vault
    require: [allowed-signer, hardware-key, touch, pin]
signers: keys/signers
record:
  reads: lab
  privacy: keyed
  require: team
  ship: https://cordon.lab.example
`;

describe('what is accepted', () => {
  test('every key', () => {
    expect(parse(whole)).toEqual({
      version: 1,
      mode: 'observe',
      labels: ['open', 'team', 'lab', 'vault'],
      defaultLabel: 'team',
      markings: [
        { paths: ['src/model/**', 'configs/train/**'], label: 'vault' },
        { paths: ['docs/**'], label: 'open' },
      ],
      weights: { label: 'lab', minBytes: 1024 },
      secrets: { salt: 'pepper' },
      copies: { from: 'lab' },
      destinations: [{ url: 'git@git.lab.example:*/**', clearance: 'vault' }],
      isolated: true,
      contactDestinations: false,
      allow: [
        { kind: 'weights', paths: ['test/fixtures/**'], maxBytes: 1048576, reason: 'toy models' },
        {
          kind: 'secret',
          rule: 'aws-access-key',
          fingerprint: 'c1:0',
          reason: 'documentation sample',
        },
      ],
      copying: { open: 'allow', team: 'allow', lab: 'warn', vault: 'block' },
      signing: [{ label: 'vault', require: ['allowed-signer', 'hardware-key', 'touch', 'pin'] }],
      signers: 'keys/signers',
      record: {
        reads: 'lab',
        privacy: 'keyed',
        require: 'team',
        ship: 'https://cordon.lab.example',
      },
    });
  });

  test('the version alone, with safe defaults', () => {
    expect(parse('version: 1')).toEqual({
      version: 1,
      mode: 'enforce',
      labels: ['public', 'internal', 'confidential', 'restricted'],
      defaultLabel: 'public',
      markings: [],
      weights: { label: 'restricted', minBytes: 65536 },
      secrets: { salt: '' },
      copies: { from: 'confidential' },
      destinations: [],
      isolated: false,
      contactDestinations: true,
      allow: [],
      copying: { public: 'allow', internal: 'allow', confidential: 'warn', restricted: 'block' },
      signing: [],
      signers: '.cordon/allowed_signers',
      record: { reads: 'confidential', privacy: 'plain', require: 'restricted' },
    });
  });

  test.each([
    ['[a, b]', 'b', 'b', { a: 'allow', b: 'block' }],
    ['[a, b, c]', 'c', 'b', { a: 'allow', b: 'warn', c: 'block' }],
    [
      '[a, confidential, c, d]',
      'd',
      'confidential',
      { a: 'allow', confidential: 'allow', c: 'warn', d: 'block' },
    ],
    ['[confidential, b, c]', 'c', 'b', { confidential: 'allow', b: 'warn', c: 'block' }],
  ])('defaults of labels %s', (labels, weights, sensitive, copying) => {
    const policy = parse(`version: 1\nlabels: ${labels}`);
    expect(policy.weights.label).toBe(weights);
    expect([policy.copies.from, policy.record.reads]).toEqual([sensitive, sensitive]);
    expect(policy.copying).toEqual(copying);
  });

  test('copying is at least as strict as for any lower label that is named', () => {
    const policy = parse('version: 1\nlabels: [a, b, c, d]\ncopying: {a: warn, c: block}');
    expect(policy.copying).toEqual({ a: 'warn', b: 'warn', c: 'block', d: 'block' });
  });

  test('CRLF, and a byte order mark', () => {
    expect(parse(`\ufeff${whole.replaceAll('\n', '\r\n')}`)).toEqual(parse(whole));
  });
});

describe('each problem says where, what was expected and the nearest word', () => {
  test.each([
    ['', 'wrong-type', 1, 1, 'version: 1', undefined],
    ['# only a comment\n', 'wrong-type', 1, 1, 'version: 1', undefined],
    ['mode: enforce\n', 'missing-key', 1, 1, 'version: 1', undefined],
    ["version: '1'\n", 'wrong-type', 1, 10, '1', undefined],
    ['version: 0\n', 'wrong-type', 1, 10, '1', undefined],
    ['version: 1.5\n', 'wrong-type', 1, 10, '1', undefined],
    ['version: 1\nmode: enfroce\n', 'unknown-word', 2, 7, 'enforce | observe', 'enforce'],
    ['version: 1\nmode: no\n', 'unknown-word', 2, 7, 'enforce | observe', undefined],
    ['version: 1\nisolated: yes\n', 'wrong-type', 2, 11, 'true | false', undefined],
    [
      'version: 1\ndefaultLabel: internl\n',
      'unknown-label',
      2,
      15,
      'public | internal | confidential | restricted',
      'internal',
    ],
    ['version: 1\ndefaultLable: internal\n', 'unknown-key', 2, 1, undefined, 'defaultLabel'],
    ['version: 1\nweights:\n  minBites: 3\n', 'unknown-key', 3, 3, 'label | minBytes', 'minBytes'],
    [
      'version: 1\nallow:\n  - {kind: wieghts, rule: x, reason: y}\n',
      'unknown-word',
      3,
      12,
      undefined,
      'weights',
    ],
    [
      'version: 1\nallow:\n  - {kind: weights, reason: y}\n',
      'incomplete',
      3,
      5,
      'paths | rule | fingerprint',
      undefined,
    ],
    [
      "version: 1\nallow:\n  - {kind: weights, rule: x, reason: ' '}\n",
      'bad-value',
      3,
      38,
      'a reason',
      undefined,
    ],
    [
      'version: 1\nallow:\n  - {kind: weights, rule: x}\n',
      'missing-key',
      3,
      5,
      'reason',
      undefined,
    ],
    [
      'version: 1\nallow:\n  - {kind: secret, ruel: x, reason: y}\n',
      'unknown-key',
      3,
      20,
      undefined,
      'rule',
    ],
    ['version: 1\nversion: 1\n', 'duplicate-key', 2, 1, undefined, undefined],
    ['version: 1\nlabels: [a, b, A]\n', 'duplicate', 2, 16, undefined, undefined],
    ["version: 1\nlabels: [a, '']\n", 'out-of-range', 2, 13, 'text', undefined],
    ['version: 1\nlabels: []\n', 'out-of-range', 2, 9, 'at least 2', undefined],
    ['version: 1\nlabels:\n', 'wrong-type', 2, 1, 'list', undefined],
    ['version: 1\nmarkings: x\n', 'wrong-type', 2, 11, 'list', undefined],
    [
      'version: 1\nmarkings:\n  - paths: [a]\n    label: secrt\n',
      'unknown-label',
      4,
      12,
      undefined,
      undefined,
    ],
    [
      'version: 1\nmarkings:\n  - paths: []\n    label: public\n',
      'out-of-range',
      3,
      12,
      'at least 1',
      undefined,
    ],
    [
      'version: 1\nmarkings:\n  - paths: [7]\n    label: public\n',
      'wrong-type',
      3,
      13,
      'text',
      undefined,
    ],
    [
      'version: 1\nmarkings:\n  - paths: ["src\\\\m"]\n    label: public\n',
      'bad-glob',
      3,
      13,
      undefined,
      'src/m',
    ],
    [
      'version: 1\nmarkings:\n  - paths: [src/**.pt]\n    label: public\n',
      'bad-glob',
      3,
      13,
      undefined,
      'src/**/*.pt',
    ],
    [
      'version: 1\nmarkings:\n  - paths: ["!src"]\n    label: public\n',
      'bad-glob',
      3,
      13,
      undefined,
      'src',
    ],
    [
      'version: 1\nmarkings:\n  - paths: [../x]\n    label: public\n',
      'bad-glob',
      3,
      13,
      undefined,
      undefined,
    ],
    [
      'version: 1\nmarkings:\n  - paths: ["a/[b"]\n    label: public\n',
      'bad-glob',
      3,
      13,
      undefined,
      undefined,
    ],
    ['version: 1\nweights: {minBytes: -1}\n', 'out-of-range', 2, 21, '0 or more', undefined],
    ['version: 1\nweights: {minBytes: 1.5}\n', 'wrong-type', 2, 21, 'whole number', undefined],
    ['version: 1\nweights: {minBytes: .inf}\n', 'wrong-type', 2, 21, 'whole number', undefined],
    [
      'version: 1\ndestinations:\n  - url: x\n    clearance: restircted\n',
      'unknown-label',
      4,
      16,
      undefined,
      'restricted',
    ],
    [
      'version: 1\ncopying: {confidental: warn}\n',
      'unknown-label',
      2,
      11,
      undefined,
      'confidential',
    ],
    [
      'version: 1\ncopying: {internal: blok}\n',
      'unknown-word',
      2,
      21,
      'allow | warn | block',
      'block',
    ],
    [
      'version: 1\nsigning:\n  - label: restricted\n    require: [signd]\n',
      'unknown-word',
      4,
      15,
      undefined,
      'signed',
    ],
    ['version: 1\nsigners: ../x\n', 'bad-value', 2, 10, undefined, undefined],
    ['version: 1\nrecord: {ship: http://x.example}\n', 'bad-value', 2, 16, undefined, undefined],
    ['version: 1\n__proto__: {mode: observe}\n', 'unknown-key', 2, 1, undefined, undefined],
    ['version: 1\n<<: {mode: observe}\n', 'unknown-key', 2, 1, undefined, undefined],
    ['version: 1\n? [a]\n: b\n', 'wrong-type', 2, 3, 'a word as key', undefined],
    ['version: 1\n7: b\n', 'wrong-type', 2, 1, 'a word as key', undefined],
    ['- version: 1\n', 'wrong-type', 1, 1, 'version: 1', undefined],
  ])('%j', (text, problem, line, column, expected, nearest) => {
    const first = firstOf(text);
    expect(first).toMatchObject({ code: 'policy.invalid', file: FILE, problem, line, column });
    expect(Reflect.get(first ?? {}, 'expected')).toContain(expected ?? '');
    expect(Reflect.get(first ?? {}, 'nearest')).toBe(nearest);
  });

  test.each([
    ['version: 1\nmode: "enforce\n', 'syntax'],
    ['version: 1\n mode: enforce\n', 'syntax'],
    ['version: 1\nlabels: [a, b\n', 'syntax'],
    ['version: 1\nlabels: a, b]\n\tmode: x', 'syntax'],
    ['version: 1\n---\nversion: 1\n', 'several-documents'],
    ['%YAML 1.1\n---\nversion: 1\n', 'directive'],
    ['version: &v 1\n', 'alias'],
    ['version: 1\nmode: *m\n', 'alias'],
    ['version: !!int 1\n', 'tag'],
    ['version: 1\nmode: !evil enforce\n', 'tag'],
    ['version: 1\n# \u202e\n', 'character'],
    ['version: 1\n# a\rmode: observe\n', 'character'],
    ['version: 1\0\n', 'character'],
    ['version: 1\u2028mode: observe\n', 'character'],
  ])('%j is no policy', (text, problem) => {
    expect(firstOf(text)).toMatchObject({ code: 'policy.invalid', problem });
  });

  test('bytes that are not UTF-8, at their place', () => {
    const bytes = Buffer.concat([Buffer.from('version: 1\n# caf'), Buffer.from([0xe9, 0x0a])]);
    expect(firstOf(bytes)).toMatchObject({
      problem: 'encoding',
      line: 2,
      column: 6,
      found: 'byte 0xe9',
    });
    expect(firstOf(Buffer.from('\ufeffversion: 1', 'utf16le'))).toMatchObject({
      problem: 'encoding',
      line: 1,
      column: 1,
    });
  });

  test('all problems at once, in the order of the file', () => {
    const problems = problemsOf(
      'version: 1\nmode: x\nlabels: [a, a]\nweights: {label: 3}\nnope: 1\nmarkings: [{paths: x}]\n',
    );
    expect(problems.map(({ path, code }) => [path, code])).toEqual([
      ['mode', 'unknown-word'],
      ['weights.label', 'wrong-type'],
      ['nope', 'unknown-key'],
      ['markings[0].label', 'missing-key'],
      ['markings[0].paths', 'wrong-type'],
    ]);
  });

  test('a path as people write it', () => {
    expect(pathText(['markings', 2, 'paths', 0])).toBe('markings[2].paths[0]');
  });
});

describe('versions and sizes', () => {
  test('a newer version is refused by name, whatever else the file holds', () => {
    expect(firstOf('version: 2\nshields: up\n')).toEqual({
      code: 'policy.newer-version',
      file: FILE,
      version: 2,
      supported: 1,
    });
  });

  test('a large file is refused before it is read', () => {
    const limit = MAX_POLICY_BYTES;
    const size = 50_000_000;
    expect(firstOf(Buffer.alloc(size, 'a'))).toEqual({
      code: 'policy.too-large',
      file: FILE,
      size,
      limit,
    });
    const comment = `version: 1\n#${'x'.repeat(limit - 12)}`;
    expect(comment).toHaveLength(limit);
    expect(parse(comment).mode).toBe('enforce');
  });
});
