import { hash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventText } from './event-text.ts';
import type { NewEvent } from './event.ts';
import { buildLine, isLine, LINE_LIMIT, NO_HEAD, openingOf, timeText } from './line.ts';

const parse = (event: NewEvent) =>
  JSON.parse(`{${eventText(event)}}`) as NewEvent & { cut?: string[] };

test('only the fields of the type are written', () => {
  const over = { kind: 'push', content: 'the weights', findings: [{ rule: 'r', secret: 's' }] };
  const text = eventText(over as unknown as NewEvent);
  expect(text).not.toMatch(/weights|secret/);
});

test('a name of a megabyte is cut, with its length and hash', () => {
  const path = 'é'.repeat(1_000_000);
  const sum = hash('sha256', JSON.stringify(path), 'base64url');
  const event = parse({ kind: 'copy', path });
  expect(event.path).toBe('é'.repeat(2000));
  expect(event.cut).toEqual([`path 1000000 ${sum}`]);
});

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('\n', '\ud800', '\u0000'.repeat(9000), 'x'.repeat(70_000), '","h":"'),
);
const events = fc.record(
  {
    kind: fc.constant('push' as const),
    path: text,
    to: text,
    object: text,
    refs: fc.array(fc.record({ name: text, tip: text }), { maxLength: 200 }),
    circumstances: fc.array(text, { maxLength: 100 }),
    data: fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean())),
  },
  { requiredKeys: ['kind'] },
);

test('whatever the event holds, its line is one line, whole, and short enough', () => {
  fc.assert(
    fc.property(events, (event) => {
      const body = `${openingOf('a-b')}3${timeText(5, 0)}` + eventText(event as NewEvent);
      const { bytes } = buildLine(NO_HEAD, body);
      expect(bytes.length).toBeLessThanOrEqual(LINE_LIMIT);
      expect(bytes.indexOf(0x0a)).toBe(bytes.length - 1);
      expect(isLine(bytes, 'a-b', 3, NO_HEAD)).toBe(true);
      expect(JSON.parse(bytes.toString())).toMatchObject({ n: 3, kind: 'push' });
    }),
    { numRuns: 60 },
  );
});

test('an event is written as JSON would write it', () => {
  fc.assert(
    fc.property(events, (event) => {
      const { refs, ...rest } = event as NewEvent & { kind: 'push' };
      for (const one of [rest, event as NewEvent, { ...rest, data: { a: 1, b: -0, c: 1.5 } }]) {
        const written = eventText({ ...one, label: 'a"b', verdict: 'warn' });
        if (written.includes('"cut":')) continue;
        const whole = { ...one, label: 'a"b', verdict: 'warn' };
        expect(JSON.parse(`{${written}}`)).toEqual(JSON.parse(JSON.stringify(whole)));
      }
      expect(refs?.length ?? 0).toBeLessThan(201);
    }),
    { numRuns: 60 },
  );
});
