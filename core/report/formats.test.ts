import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Finding, Verdict } from '../model.ts';
import { judged, oid, secretFact, subjectOf } from '../judge/judging.fixture.ts';
import { renderJson, renderSarif, renderVerdict } from './index.ts';

const finding = (changes: Partial<Finding> = {}): Finding => ({
  fingerprint: 'f1:0',
  message: 'Seen.',
  action: 'Mend it.',
  severity: 'block',
  label: 'restricted',
  rule: 'gguf',
  kind: 'weights',
  path: 'a',
  ...changes,
});
const verdictOf = (...findings: readonly Finding[]): Verdict => ({
  ...judged(),
  verdict: 'block',
  findings,
});

interface Sarif {
  runs: {
    tool: { driver: { rules: Record<string, unknown>[] } };
    results: {
      ruleId: string;
      level: string;
      locations: {
        physicalLocation?: { artifactLocation: { uri: string }; region?: unknown };
      }[];
    }[];
  }[];
}
const sarifOf = (verdict: Verdict) =>
  (JSON.parse(renderSarif(verdict, { version: '1.2.3' })) as Sarif).runs[0];
const uriOf = (path: string, pathBytes?: string) =>
  sarifOf(verdictOf(finding({ path, ...(pathBytes === undefined ? {} : { pathBytes }) })))
    ?.results[0]?.locations[0]?.physicalLocation?.artifactLocation.uri;

describe('JSON', () => {
  test('has one order of keys, whatever the order they were made in', () => {
    const shuffled: Verdict = {
      ...verdictOf(
        finding({
          endLine: 9,
          source: { grade: 'sure', tokens: 70, line: 3, bits: 200, endLine: 8, path: 'src/a.py' },
          allowed: { reason: 'sample', by: 'home' },
        }),
      ),
      coverage: {
        notChecked: [{ rule: 'missing', object: oid('b'), what: 'x' }],
        bytes: 2,
        objects: 1,
      },
      destination: { home: true, clearance: 'restricted', url: 'u' },
    };
    const json = renderJson(shuffled);
    const keys = Array.from(json.matchAll(/"(\w+)":/g), ([, key]) => key);
    expect(keys).toEqual(
      (
        'schema act verdict destination url clearance home policies source hash findings kind rule ' +
        'label severity path endLine fingerprint message action source path line endLine grade bits ' +
        'tokens allowed by reason ' +
        'coverage objects bytes notChecked what rule object milliseconds'
      ).split(' '),
    );
  });
  test('has no place where nothing is known, and no destination where there is none', () => {
    const json = renderJson(judged({ act: 'scan', destination: undefined }));
    expect(Object.keys(JSON.parse(json) as object)).not.toContain('destination');
    expect(json).not.toMatch(/null|undefined/);
  });
  test('the bytes of a path stand only where it is not UTF-8', () => {
    const pathBytes = Buffer.from([0x61, 0xff]).toString('base64');
    const [bytes, text] = (
      JSON.parse(
        renderJson(verdictOf(finding({ path: 'a\ufffd', pathBytes }), finding())),
      ) as Verdict
    ).findings;
    expect(bytes).toMatchObject({ path: 'a\ufffd', pathBytes });
    expect(text).not.toHaveProperty('pathBytes');
  });
});

describe('SARIF', () => {
  test.each([
    ['a b/c#d?e', 'a%20b/c%23d%3Fe'],
    ['ü', '%C3%BC'],
    ["it's (1)!*", 'it%27s%20%281%29%21%2A'],
    ['a%2Fb', 'a%252Fb'],
    ['c:/x', 'c%3A/x'],
    ['//host/x', './/host/x'],
    ['\ud800', '%EF%BF%BD'],
  ])('the path %j is the URI %s', (path, uri) => {
    expect(uriOf(path)).toBe(uri);
  });
  test('a path that is not UTF-8 is told by its bytes', () => {
    expect(uriOf('d/a\ufffd', Buffer.from([0x64, 0x2f, 0x61, 0xff]).toString('base64'))).toBe(
      'd/a%FF',
    );
  });
  test('a URI reads back as the path and never leads elsewhere', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (path) => {
        const uri = uriOf(path) ?? '';
        expect(uri).toMatch(/^[A-Za-z0-9_.~%/-]+$/);
        expect(decodeURIComponent(path.startsWith('/') ? uri.slice(1) : uri)).toBe(path);
      }),
      { numRuns: 2000 },
    );
  });
  test('a rule says what it is about', () => {
    const rules = sarifOf(
      verdictOf(finding(), finding({ kind: 'secret', rule: 'aws-access-key', severity: 'warn' })),
    )?.tool.driver.rules;
    expect(rules).toMatchObject([
      {
        id: 'secret/aws-access-key',
        name: 'SecretAwsAccessKey',
        shortDescription: { text: expect.stringContaining('AWS access key') as string },
        defaultConfiguration: { level: 'warning' },
      },
      { id: 'weights/gguf', name: 'WeightsGguf', defaultConfiguration: { level: 'error' } },
    ]);
  });
  test('what has no path has a name of its own instead', () => {
    const { path: _, ...pathless } = finding({ object: oid('b'), commit: oid('c') });
    const [location] = sarifOf(verdictOf(pathless))?.results[0]?.locations ?? [];
    expect(location).toEqual({ logicalLocations: [{ fullyQualifiedName: oid('c') }] });
  });
});

test('no format tells a secret that stands in a file name', () => {
  const value = ['hf', 'aB3dE5fG7hJ9kL1mN3pQ5rS7tV9xY1zA2b'].join('_');
  const path = `notes/${value}.txt`;
  const verdict = judged({
    subjects: [
      subjectOf(path, {
        type: 'name',
        facts: [secretFact({ at: { layer: '', offset: 6 }, redacted: 'hf_****A2b' })],
      }),
      subjectOf(path, { object: oid('b'), facts: [secretFact()] }),
    ],
  });
  expect(verdict.verdict).toBe('block');
  for (const shown of [
    renderJson(verdict),
    renderSarif(verdict, { version: '1' }),
    renderVerdict(verdict),
  ]) {
    expect(shown).not.toContain(value.slice(4));
    expect(shown).toContain('withheld');
  }
});
