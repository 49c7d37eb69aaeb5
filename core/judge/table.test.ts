import { describe, expect, test } from 'vitest';
import type { Act, Decision, Destination } from '../model.ts';
import type { CompiledPolicy } from '../policy/policy.ts';
import {
  clearedForInternal,
  copyFact,
  executableFact,
  homeRemote,
  judged,
  notListed,
  policyOf,
  secretFact,
  subjectOf,
  uninspectedFact,
  weightsFact,
} from './judging.fixture.ts';
import type { JudgeInput } from './judge.ts';

/** Every cell of the design's "What is blocked where", each a case. */

interface Way {
  readonly act: Act;
  readonly destination: Destination | undefined;
}

const WAYS = {
  commit: { act: 'commit', destination: undefined },
  'push home': { act: 'push', destination: homeRemote },
  'push cleared elsewhere': {
    act: 'push',
    destination: { url: 'ssh://git.lab.example/x', normal: 'git.lab.example/x', home: false },
  },
  'push internal': { act: 'push', destination: clearedForInternal },
  'push unlisted': { act: 'push', destination: notListed },
  'push nowhere known': { act: 'push', destination: undefined },
  'receive cleared': { act: 'receive', destination: homeRemote },
  'receive internal': { act: 'receive', destination: { ...clearedForInternal, home: true } },
  'receive unlisted': { act: 'receive', destination: { ...notListed, home: true } },
  review: { act: 'review', destination: homeRemote },
  scan: { act: 'scan', destination: undefined },
} as const satisfies Record<string, Way>;

type WayName = keyof typeof WAYS;

const THINGS: Record<string, Partial<JudgeInput>> = {
  'plain unmarked code': { subjects: [subjectOf('src/util.py')] },
  'public documentation': { subjects: [subjectOf('docs/a.md')] },
  'restricted code': { subjects: [subjectOf('src/model/attn.py')] },
  'restricted code, moved': {
    subjects: [
      subjectOf('src/util.py', {
        elsewhere: subjectOf('src/model/attn.py').places.map((place) => place.path),
      }),
    ],
  },
  secret: { subjects: [subjectOf('docs/a', { facts: [secretFact()] })] },
  'secret of a warning rule': {
    subjects: [subjectOf('docs/a', { facts: [secretFact({ severity: 'warn' })] })],
  },
  'secret with marker': {
    subjects: [subjectOf('docs/a', { facts: [secretFact({ marker: { reason: 'sample' } })] })],
  },
  'secret in a commit': {
    subjects: [subjectOf(undefined, { type: 'commit', facts: [secretFact()] })],
  },
  weights: { subjects: [subjectOf('docs/a', { facts: [weightsFact()] })] },
  'small array': {
    subjects: [subjectOf('docs/a', { facts: [weightsFact({ payloadBytes: 100 })] })],
  },
  copy: { subjects: [subjectOf('src/util.py', { facts: [copyFact()] })] },
  'renamed copy': { subjects: [subjectOf('docs/a', { facts: [copyFact({ rule: 'renamed' })] })] },
  'whole copy': { subjects: [subjectOf('docs/a', { facts: [copyFact({ rule: 'whole' })] })] },
  'likely copy': { subjects: [subjectOf('docs/a', { facts: [copyFact({ grade: 'likely' })] })] },
  'copy in a commit': { subjects: [subjectOf(undefined, { type: 'commit', facts: [copyFact()] })] },
  'copy under an unknown label': {
    subjects: [subjectOf('docs/a', { facts: [copyFact({ label: 'secret-x' })] })],
  },
  'copy below copies.from': {
    subjects: [subjectOf('docs/a', { facts: [copyFact({ label: 'internal' })] })],
  },
  'copy within its own label': {
    subjects: [subjectOf('src/model/b.py', { facts: [copyFact(), copyFact({ rule: 'whole' })] })],
  },
  'dangerous model': { subjects: [subjectOf('docs/a', { facts: [executableFact()] })] },
  'model of unknown grade': {
    subjects: [subjectOf('docs/a', { facts: [executableFact({ grade: 'unknown' })] })],
  },
  'not inspected': { subjects: [subjectOf('docs/a', { facts: [uninspectedFact()] })] },
  'gap in the coverage': {
    coverage: { objects: 1, bytes: 1, notChecked: [{ what: 'blob x', rule: 'missing' }] },
  },
  'loosened policy': { loosened: [{ rule: 'marking-removed', detail: 'x' }] },
  'broken tip policy': { brokenTipPolicy: '.cordon/policy.yaml:1:1: expected a map' },
  'odd route': { destinationNotes: [{ rule: 'ssh-command', detail: 'x' }] },
};

const COLUMNS = Object.keys(WAYS) as WayName[];
const LETTERS: Readonly<Record<string, Decision>> = { a: 'allow', W: 'warn', B: 'block' };

//                                push                    receive
//                         commit home  cleared           cleared  unlisted  scan
//                           |    |  else-where  unlisted  | internal |  review |
//                           |    |     |  internal | nowhere  |      |    |    |
const TABLE = `
  plain unmarked code        a    a     a     a     B    B     a     a     B    a    a
  public documentation       a    a     a     a     a    a     a     a     a    a    a
  restricted code            a    a     a     B     B    B     a     B     B    a    a
  restricted code, moved     a    a     a     B     B    B     a     B     B    a    a
  secret                     B    B     B     B     B    B     B     B     B    B    B
  secret of a warning rule   W    W     W     W     W    W     W     W     W    W    W
  secret with marker         a    a     B     B     B    B     B     B     B    B    a
  secret in a commit         B    B     B     B     B    B     B     B     B    B    B
  weights                    W    a     a     B     B    B     a     B     B    a    W
  small array                W    a     a     W     W    W     a     W     W    a    W
  copy                       a    a     a     B     B    B     a     B     B    a    W
  renamed copy               a    a     a     B     B    B     a     B     B    a    W
  whole copy                 a    a     a     B     B    B     a     B     B    a    W
  likely copy                a    a     a     a     a    a     a     a     a    a    W
  copy in a commit           a    a     a     B     B    B     a     B     B    a    W
  copy under an unknown label  a    B     B     B     B    B     B     B     B    B    W
  copy below copies.from     a    a     a     a     a    a     a     a     a    a    a
  copy within its own label  a    a     a     B     B    B     a     B     B    a    a
  dangerous model            W    B     B     B     B    B     B     B     B    B    B
  model of unknown grade     W    W     W     W     W    W     W     W     W    W    W
  not inspected              W    B     B     B     B    B     B     B     B    B    W
  gap in the coverage        W    B     B     B     B    B     B     B     B    B    W
  loosened policy            a    W     B     B     B    B     B     B     B    B    a
  broken tip policy          B    B     B     B     B    B     B     B     B    B    B
  odd route                  a    W     W     W     W    W     W     W     W    W    a`;

const EXPECTED = new Map(
  TABLE.trim()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/))
    .map(([thing = '', ...cells]) => [thing, cells.map((cell) => LETTERS[cell])]),
);

test('the table has a cell for each thing and each way', () => {
  expect([...EXPECTED.keys()]).toEqual(Object.keys(THINGS));
  for (const cells of EXPECTED.values()) {
    expect(cells).toHaveLength(COLUMNS.length);
    expect(cells).not.toContain(undefined);
  }
});

const cases = Object.keys(THINGS).flatMap((thing) => COLUMNS.map((way) => ({ thing, way })));

const verdictOf = (thing: string, way: WayName, policies: readonly CompiledPolicy[]) =>
  judged({ ...WAYS[way], ...THINGS[thing], policies }).verdict;

function decisionFor(thing: string, way: WayName): Decision {
  const cell = EXPECTED.get(thing)?.[COLUMNS.indexOf(way)];
  if (cell === undefined) throw new Error(`no cell for ${thing}, ${way}`);
  return cell;
}

describe('each cell, by one enforcing policy of each source', () => {
  for (const source of ['organisation', 'home', 'tip', 'file'] as const) {
    test.each(cases)(`${source}: $thing, $way`, ({ thing, way }) => {
      expect(verdictOf(thing, way, [policyOf({}, source)])).toBe(decisionFor(thing, way));
    });
  }
});

describe('a policy that observes blocks nothing and still tells', () => {
  test.each(cases)('$thing, $way', ({ thing, way }) => {
    const enforced = decisionFor(thing, way);
    expect(verdictOf(thing, way, [policyOf({ mode: 'observe' })])).toBe(
      enforced === 'block' ? 'warn' : enforced,
    );
  });
});

describe('the severest of several policies counts', () => {
  test.each(cases)('an observing policy beside does not soften: $thing, $way', ({ thing, way }) => {
    const policies = [policyOf({ mode: 'observe' }, 'tip'), policyOf({}, 'home')];
    const enforced = decisionFor(thing, way);
    expect(verdictOf(thing, way, policies)).toBe(enforced);
    expect(verdictOf(thing, way, policies.toReversed())).toBe(enforced);
  });

  // A policy that clears everything everywhere and marks nothing, wherever it comes from.
  const lax = {
    defaultLabel: 'public',
    markings: [],
    weights: { label: 'public', minBytes: 1e15 },
    destinations: [{ url: '**', clearance: 'restricted' }],
  };
  test.each(cases)('a lax tip takes nothing back: $thing, $way', ({ thing, way }) => {
    const verdict = verdictOf(thing, way, [policyOf({}), policyOf(lax, 'tip')]);
    const alone = verdictOf(thing, way, [policyOf(lax, 'tip')]);
    const order = ['allow', 'warn', 'block'];
    expect(order.indexOf(verdict)).toBe(
      Math.max(order.indexOf(decisionFor(thing, way)), order.indexOf(alone)),
    );
  });

  test.each(cases)('without any policy nothing passes: $thing, $way', ({ thing, way }) => {
    expect(verdictOf(thing, way, [])).toBe('block');
  });
});

describe('no destination at all is cleared for weights', () => {
  const bare = policyOf({ destinations: [{ url: 'github.com/acme/*', clearance: 'internal' }] });
  test.each([
    ['commit', 'block'],
    ['scan', 'block'],
    ['push home', 'block'],
  ] as const)('%s', (way, decision) => {
    expect(verdictOf('weights', way, [bare])).toBe(decision);
  });
  test('small arrays only warn there too', () => {
    expect(verdictOf('small array', 'commit', [bare])).toBe('warn');
    expect(verdictOf('small array', 'scan', [bare])).toBe('warn');
    expect(verdictOf('small array', 'push home', [bare])).toBe('warn');
  });
  test('restricted code at rest is told', () => {
    expect(verdictOf('restricted code', 'scan', [bare])).toBe('warn');
  });
  test('weights that are public go anywhere', () => {
    const open = policyOf({ weights: { label: 'public', minBytes: 1 }, destinations: [] });
    expect(verdictOf('weights', 'push unlisted', [open])).toBe('allow');
    expect(verdictOf('weights', 'commit', [open])).toBe('warn');
  });
});

describe('an isolated policy refuses what it does not list, whatever the label', () => {
  const isolated = policyOf({ isolated: true });
  test.each([
    ['push unlisted', 'block'],
    ['push nowhere known', 'block'],
    ['receive unlisted', 'block'],
    ['push home', 'allow'],
    ['push internal', 'allow'],
    ['receive cleared', 'allow'],
    ['commit', 'allow'],
    ['scan', 'allow'],
  ] as const)('%s', (way, decision) => {
    expect(verdictOf('public documentation', way, [isolated])).toBe(decision);
  });
  test('an empty push is refused as well', () => {
    expect(judged({ destination: notListed, policies: [isolated] }).findings).toMatchObject([
      { kind: 'destination', rule: 'not-listed', severity: 'block' },
    ]);
  });
  test('weights that are public go nowhere when no destination is listed', () => {
    const shut = policyOf({
      isolated: true,
      weights: { label: 'public', minBytes: 1 },
      destinations: [],
    });
    expect(verdictOf('weights', 'commit', [shut])).toBe('block');
  });
});
