import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { EventKind } from '../../core/audit/event.ts';
import { OCSF_ACTIVITIES } from '../../core/audit/ocsf-classes.ts';
import { toOcsf, type OcsfEvent } from '../../core/audit/ocsf.ts';
import type { StoredEvent } from '../../core/audit/stored-event.ts';
import { ocsfFacts } from './ocsf-facts.ts';
import { validateOcsf, type OcsfSchema } from './ocsf-validate.ts';

const kinds = Object.keys(OCSF_ACTIVITIES) as EventKind[];

const bare = (kind: EventKind): StoredEvent => ({
  v: 1,
  w: '0a1b-198c-17-deadbeef',
  n: 7,
  t: 1_790_000_000_123,
  kind,
  host: '0a1b2c3d4e5f6071',
  actor: 'ada@wks-42',
  version: '1.0.0',
  h: 'A'.repeat(43),
});

const full = (kind: EventKind): StoredEvent => ({
  ...bare(kind),
  clockBack: 12,
  repository: 'r-1234',
  home: 'git.lab.example/models/alpha',
  policy: `sha256:${'0'.repeat(64)}`,
  path: 'src/mo\ndel/attention.py',
  to: 'github.com/ada/leak',
  object: 'b'.repeat(40),
  refs: [{ name: 'refs/heads/main', tip: 'b'.repeat(40) }],
  label: 'restricted',
  verdict: 'block',
  findings: [
    { kind: 'label', rule: 'marked', severity: 'block', fingerprint: 'c1:aa' },
    { kind: 'secret', rule: 'aws-access-key', severity: 'warn', fingerprint: 'c1:bb' },
  ],
  circumstances: ['hook-missing'],
  data: { count: 3, sure: true, note: 'x' },
});

const variants = (kind: EventKind): StoredEvent[] => [
  bare(kind),
  full(kind),
  { ...full(kind), verdict: 'warn', label: 'top-of-the-house' },
  { ...full(kind), verdict: 'allow', actor: 'k1:0a1b2c3d:AAAAAAAAAAAAAAAAAAAAAA' },
];

// CI sets it to the schema that OCSF publishes; see .ci/run.
const published = process.env['CORDON_TEST_OCSF'];
const schemas: [string, OcsfSchema][] = [
  ['the facts we hold of it', ocsfFacts],
  ...(published === undefined
    ? []
    : [['as published', JSON.parse(readFileSync(published, 'utf8'))] as [string, OcsfSchema]]),
];

describe.each(schemas)('OCSF 1.8.0, %s', (_, schema) => {
  test.each(kinds)('%s is valid', (kind) => {
    expect(schema.version).toBe('1.8.0');
    const made = variants(kind).flatMap(toOcsf);
    expect(made.flatMap((event) => validateOcsf(event, schema))).toEqual([]);
    expect(made.length).toBeGreaterThan(3);
  });

  test('the validator finds what is wrong', () => {
    const [push] = toOcsf(full('push'));
    if (push === undefined) throw new Error('nothing came out');
    const { src_endpoint: _gone, ...lacking } = push;
    const wrongs: OcsfEvent[] = [
      { ...push, class_uid: 9999 },
      { ...push, activity_id: 55, type_uid: 600_655 },
      { ...push, type_uid: 1 },
      { ...push, time: 'now' },
      { ...push, invented: 1 },
      { ...push, file: { name: 'x' } },
      { ...push, file: { name: 'x', type_id: 1, path: 3 } },
      { ...push, actor: {} },
      { ...push, metadata: { version: '1.8.0', product: { name: 'Cordon' } } },
      lacking,
    ];
    expect(wrongs.map((event) => validateOcsf(event, schema).length > 0)).toEqual(
      wrongs.map(() => true),
    );
  });
});

test('a blocked push and its findings are told apart and belong together', () => {
  const [push, marked, key] = toOcsf(full('push'));
  expect(push).toMatchObject({
    type_uid: 600_601,
    action_id: 2,
    disposition_id: 2,
    severity_id: 4,
    dst_endpoint: { name: 'github.com/ada/leak' },
    metadata: { uid: '0a1b-198c-17-deadbeef:7' },
    unmapped: { head: 'A'.repeat(43), circumstances: ['hook-missing'] },
  });
  expect(marked).toMatchObject({
    type_uid: 200_601,
    is_alert: true,
    finding_info: { uid: 'c1:aa', title: 'label/marked' },
    data_security: { confidentiality_id: 6, data_lifecycle_state_id: 2, detection_system_id: 11 },
    metadata: { uid: '0a1b-198c-17-deadbeef:7:1', correlation_uid: '0a1b-198c-17-deadbeef:7' },
  });
  expect(key).toMatchObject({ is_alert: false, finding_info: { uid: 'c1:bb' } });
});

test('what was let through is a suppressed finding', () => {
  expect(toOcsf(full('allow')).map((event) => event['type_uid'])).toEqual([200_604, 200_604]);
});

test('a kind that only a later Cordon writes is not lost', () => {
  const [event, ...more] = toOcsf({ ...bare('open'), kind: 'teleport' as EventKind });
  expect(more).toEqual([]);
  expect(event).toMatchObject({ class_uid: 1008, activity_id: 99, activity_name: 'teleport' });
});
