import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CordonError } from '../error.ts';
import { choosePolicies, type PolicyBytes, type PolicySources } from './choose-policies.ts';
import { compareLooser } from './compare-policies.ts';
import { parsePolicy } from './parse-policy.ts';

function file(text: string, name = 'p.yaml'): PolicyBytes {
  const bytes = Buffer.from(text);
  return { bytes, file: name, hash: `sha256:${createHash('sha256').update(bytes).digest('hex')}` };
}

const none: PolicySources = {
  organisation: () => Promise.resolve(undefined),
  home: () => Promise.resolve(undefined),
  async *homeAncestors() {},
  tips: () => Promise.resolve([]),
};

const strict = file('version: 1\nisolated: true', 'home');
const loose = file('version: 1\nmode: observe', 'tip');
const broken = file('version: 1\nmod: x', 'broken');

const choose = (sources: Partial<PolicySources>) => choosePolicies({ ...none, ...sources });
const named = async (sources: Partial<PolicySources>) =>
  (await choose(sources)).policies.map(({ source }) => source);

describe('which policy counts', () => {
  test('none at all: the built-in one, under which unmarked paths carry the lowest label', async () => {
    const { policies } = await choose({});
    expect(policies.map(({ source }) => source)).toEqual(['built-in']);
    expect(policies[0]?.labelOf('src/model/x').label).toBe('public');
  });
  test('all three, each apart', async () => {
    const sources = {
      organisation: () => Promise.resolve(strict),
      home: () => Promise.resolve(strict),
      tips: () => Promise.resolve([{ tip: loose, base: strict }]),
    };
    expect(await named(sources)).toEqual(['organisation', 'home', 'tip']);
  });
  test('home has none yet: the tip counts, and loosens nothing', async () => {
    const chosen = await choose({ tips: () => Promise.resolve([{ tip: loose }]) });
    expect(chosen.policies.map(({ source }) => source)).toEqual(['tip']);
    expect(chosen.loosened).toEqual([]);
  });
  test('a tip that loosens is told, one that tightens is not', async () => {
    const change = (tip: PolicyBytes | 'deleted', base: PolicyBytes) =>
      choose({ home: () => Promise.resolve(base), tips: () => Promise.resolve([{ tip, base }]) });
    expect((await change(loose, strict)).loosened.map(({ rule }) => rule)).toEqual([
      'mode',
      'isolated',
    ]);
    expect((await change(strict, file('version: 1'))).loosened).toEqual([]);
    expect((await change('deleted', strict)).loosened).toHaveLength(1);
  });
  test('a home policy of a newer version is refused by name, not replaced by an earlier one', async () => {
    const newer = file('version: 2');
    const earlier = async function* () {
      yield await Promise.resolve(strict);
    };
    await expect(
      choose({ home: () => Promise.resolve(newer), homeAncestors: earlier }),
    ).rejects.toMatchObject({ code: 'policy.newer-version' });
  });
  test('a broken home: its last version that parses, so that it can be mended', async () => {
    const chosen = await choose({
      home: () => Promise.resolve(broken),
      async *homeAncestors() {
        yield broken;
        yield strict;
        yield loose;
      },
    });
    expect(chosen.policies.map(({ hash }) => hash)).toEqual([strict.hash]);
    expect(chosen.homeFallback?.broken.data).toMatchObject({ file: 'broken', nearest: 'mode' });
  });
  test('a broken home with no earlier version is an error, never a pass', async () => {
    await expect(choose({ home: () => Promise.resolve(broken) })).rejects.toMatchObject({
      code: 'policy.invalid',
    });
  });
  test('a broken tip is told beside home, and a broken organisation stops all', async () => {
    const chosen = await choose({
      home: () => Promise.resolve(strict),
      tips: () => Promise.resolve([{ tip: broken }]),
    });
    expect(chosen.policies.map(({ source }) => source)).toEqual(['home']);
    expect(chosen.brokenTip).toBeInstanceOf(CordonError);
    await expect(choose({ organisation: () => Promise.resolve(broken) })).rejects.toMatchObject({
      code: 'policy.invalid',
    });
  });
  test('one given by hand stands in the place of home', async () => {
    expect(await named({ explicit: strict, home: () => Promise.resolve(loose) })).toEqual(['file']);
  });
});

describe('what loosens a policy', () => {
  const base = `version: 1
defaultLabel: internal
markings: [{paths: ['src/**', 'cfg/**'], label: restricted}, {paths: ['docs/**'], label: public}]
destinations: [{url: 'https://a.example/x', clearance: internal}]
isolated: true
allow: [{kind: weights, paths: ['t/**'], maxBytes: 10, reason: r}]
copying: {restricted: block}
signing: [{label: restricted, require: [signed, touch]}]
secrets: {salt: abc}
record: {reads: confidential, ship: 'https://r.example'}
`;
  const rules = (edit: (text: string) => string) =>
    compareLooser(
      parsePolicy(Buffer.from(base), 'a'),
      parsePolicy(Buffer.from(edit(base)), 'b'),
    ).map(({ rule }) => rule);

  test.each<[string, string, string, string[]]>([
    ['nothing', 'x', 'x', []],
    ['mode', 'version: 1', 'version: 1\nmode: observe', ['mode']],
    ['default', 'defaultLabel: internal\n', 'defaultLabel: public\n', ['defaultLabel']],
    ['a marking gone', "'src/**', ", '', ['markings']],
    ['a marking lower', 'label: restricted}', 'label: internal}', ['markings', 'markings']],
    ['a marking below the default', "'docs/**'", "'docs/**', 'lib/**'", ['markings']],
    ['a marking narrowed', 'src/**', 'src/a/**', ['markings']],
    ['weights', 'version: 1', 'version: 1\nweights: {label: public}', ['weights.label']],
    ['size', 'version: 1', 'version: 1\nweights: {minBytes: 9999999}', ['weights.minBytes']],
    ['a clearance', 'clearance: internal', 'clearance: restricted', ['destinations']],
    [
      'a destination',
      "[{url: 'https://a",
      "[{url: 'h', clearance: internal}, {url: 'https://a",
      ['destinations'],
    ],
    ['isolation', 'isolated: true', 'isolated: false', ['isolated']],
    [
      'a wider allow line',
      "paths: ['t/**'], maxBytes: 10",
      "paths: ['t/**'], maxBytes: 11",
      ['allow'],
    ],
    ['an allow line without bound', ', maxBytes: 10', '', ['allow']],
    ['copying', 'restricted: block', 'restricted: warn', ['copying']],
    ['signing', '[signed, touch]', '[signed]', ['signing']],
    ['the salt', 'salt: abc', 'salt: abd', ['secrets.salt']],
    ['copies', 'version: 1', 'version: 1\ncopies: {from: restricted}', ['copies.from']],
    ['reads', 'reads: confidential', 'reads: restricted', ['record.reads']],
    ['shipping', ", ship: 'https://r.example'", '', ['record.ship']],
  ])('%s', (_name, from, to, expected) => {
    expect(rules((text) => text.replace(from, to))).toEqual(expected);
  });

  test('a label gone', () => {
    const shorter = base
      .replace('version: 1', 'version: 1\nlabels: [public, internal, restricted]')
      .replace('reads: confidential', 'reads: internal');
    expect(rules(() => shorter)).toContain('labels');
  });

  test('what is stricter loosens nothing', () => {
    for (const [from, to] of [
      ['label: public', 'label: internal'],
      ['clearance: internal', 'clearance: public'],
      ['maxBytes: 10', 'maxBytes: 9'],
      ['[signed, touch]', '[signed, touch, pin]'],
      ["'src/**', ", "'src/**', 'more/**', "],
    ] as const) {
      expect(rules((text) => text.replace(from, to))).toEqual([]);
    }
  });
});
