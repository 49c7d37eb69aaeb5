import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StoredEvent } from '../audit/stored-event.ts';
import { widthOf } from './layout.ts';
import { localTime, renderEvent } from './render-events.ts';

const event: StoredEvent = {
  v: 1,
  w: 'w',
  n: 1,
  t: new Date(2026, 10, 24, 14, 3, 9).getTime(),
  kind: 'push',
  path: 'src/model/attention.py',
  to: 'github.com/ada/leak',
  label: 'restricted',
  verdict: 'block',
  findings: [
    { kind: 'label', rule: 'marked', severity: 'block', fingerprint: 'f' },
    { kind: 'weights', rule: 'gguf', severity: 'block', fingerprint: 'g' },
  ],
  host: 'h',
  actor: 'ada@wks',
  version: '1',
  h: 'h',
};

test('an event is one aligned line in local time', () => {
  expect(renderEvent(event, { mine: ['ada@wks'] })).toBe(
    '2026-11-24 14:03:09  block  push           src/model/attention.py  -> github.com/ada/leak  [restricted]  label/marked +1',
  );
  expect(renderEvent({ ...event, kind: 'heartbeat' }, {}).indexOf('src/')).toBe(
    renderEvent(event).indexOf('src/'),
  );
});

test('another person is named, oneself is not', () => {
  expect(renderEvent(event, { mine: ['bob@wks'] })).toContain('(ada@wks)');
  expect(renderEvent(event, { mine: ['ada@wks'] })).not.toContain('ada@wks');
});

test('the verdict is coloured and nothing else is changed by it', () => {
  const colored = renderEvent(event, { color: true });
  expect(colored).toContain('\u001b[31;1mblock\u001b[0m');
  // oxlint-disable-next-line no-control-regex
  expect(colored.replace(/\u001b\[[0-9;]*m/g, '')).toBe(renderEvent(event));
});

test('whatever a name holds, the line is one, fits, and moves no cursor', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.integer({ min: 60, max: 200 }),
      (path, to, columns) => {
        const line = renderEvent({ ...event, path, to, actor: path }, { columns, mine: [] });
        expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(widthOf(line)).toBeLessThanOrEqual(columns);
        expect(line).toContain('block');
      },
    ),
    { numRuns: 500 },
  );
});

test('both ends of a long path are shown', () => {
  const path = `src/${'deep/'.repeat(30)}attention.py`;
  const line = renderEvent({ ...event, path }, { columns: 80 });
  expect(line).toContain('src/');
  expect(widthOf(line)).toBeLessThanOrEqual(80);
});

test('what the record says of itself is said in words', () => {
  const { path: _, to: _to, findings: _f, label: _l, verdict: _v, ...bare } = event;
  const own = (kind: StoredEvent['kind'], data: StoredEvent['data'] & object = {}) =>
    renderEvent({ ...bare, kind, data }).slice(43);
  expect(own('genesis')).toBe('a writer begins');
  expect(own('seal')).toBe('a writer ends');
  expect(own('orphan', { writer: 'w\n' })).toBe(String.raw`a writer was killed: w\n`);
  expect(own('summary', { count: 1200 })).toBe('1 200 reads, summed up');
});

test('a time that is none is shown as such', () => {
  expect(localTime(Number.NaN)).toBe('????-??-?? ??:??:??');
});
