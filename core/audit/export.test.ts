import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exportEvent, exportHeader, plainJson, revealEvent } from './export.ts';
import { matchesQuery, parseWhen } from './export-filter.ts';
import { createPrivacy } from './privacy.ts';
import { makePrivacyKeys } from './privacy-keys.ts';
import type { StoredEvent } from './stored-event.ts';

const event: StoredEvent = {
  v: 1,
  w: 'w-1',
  n: 3,
  t: Date.UTC(2026, 10, 24, 12, 0, 0, 5),
  kind: 'push',
  path: 'a.py',
  label: 'restricted',
  verdict: 'block',
  host: 'h',
  actor: 'ada@wks',
  version: '1',
  h: 'H',
};

/** Reads RFC 4180 as a reader that trusts nobody would. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (quoted && character === '"' && text[at + 1] === '"') {
      cell += '"';
      at += 1;
    } else if (character === '"') {
      quoted = !quoted;
    } else if (!quoted && character === ',') {
      row.push(cell);
      cell = '';
    } else if (!quoted && character === '\r' && text[at + 1] === '\n') {
      rows.push([...row, cell]);
      row = [];
      cell = '';
      at += 1;
    } else {
      cell += character;
    }
  }
  expect(cell + row.join('')).toBe('');
  return rows;
}

describe('CSV', () => {
  test('is a header and a row an event', () => {
    const [header = [], row = []] = parseCsv(exportHeader('csv') + exportEvent(event, 'csv'));
    const cells = Object.fromEntries(header.map((name, at) => [name, row[at]]));
    expect(cells).toMatchObject({
      time: '2026-11-24T12:00:00.005Z',
      kind: 'push',
      verdict: 'block',
      path: 'a.py',
      actor: 'ada@wks',
      number: '3',
      head: 'H',
    });
    expect(row).toHaveLength(header.length);
  });

  test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', ' =1', '\n=1', '\uff1d1', '|x', '%x'])(
    'no formula comes of %j',
    (path) => {
      const [row = []] = parseCsv(exportEvent({ ...event, path }, 'csv'));
      expect(row.some((one) => /^[\s]*[=+\-@|%\uff1d]/.test(one))).toBe(false);
    },
  );

  test('whatever a name holds, an event is one line, and the other cells are as they were', () => {
    const plain = parseCsv(exportEvent({ ...event, path: '' }, 'csv'))[0] ?? [];
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (path) => {
        const line = exportEvent({ ...event, path }, 'csv');
        expect(line.indexOf('\n')).toBe(line.length - 1);
        expect(line.slice(0, -2)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        const [row = []] = parseCsv(line);
        expect(row.filter((_, at) => at !== 8)).toEqual(plain.filter((_, at) => at !== 8));
      }),
      { numRuns: 500 },
    );
  });
});

test('JSON for a terminal is the same value and moves no cursor', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (path) => {
      const json = exportEvent({ ...event, path }, 'jsonl');
      const plain = plainJson(json);
      expect(JSON.parse(plain)).toEqual(JSON.parse(json));
      expect(plain.slice(0, -1)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    }),
    { numRuns: 500 },
  );
});

test('what was keyed comes back whole to whoever holds the private half', () => {
  const keys = makePrivacyKeys('organisation');
  const identity = { host: 'h', actor: 'ada@wks', version: '1', home: 'git.lab.example/a' };
  const privacy = createPrivacy({ privacy: 'keyed' }, () => keys);
  const clear: StoredEvent = {
    ...event,
    ...identity,
    to: 'github.com/x',
    refs: [{ name: 'refs/heads/ada/x', tip: '0' }],
    data: { from: '/home/ada', count: 2 },
  };
  const { v, w, n, t, h, host, actor, version, home, ...own } = clear;
  const kept = { v, w, n, t, h, ...privacy.apply(own, identity), ...privacy.identity(identity) };
  expect([host, actor, version, home]).toEqual(['h', 'ada@wks', '1', 'git.lab.example/a']);
  expect(JSON.stringify(kept)).not.toMatch(/ada|github|lab\.example/);
  expect(revealEvent(kept, keys)).toEqual(clear);
  expect(revealEvent(kept, makePrivacyKeys('host'))).toBe(kept);
  expect(revealEvent(event, keys)).toBe(event);
});

describe('a query', () => {
  test.each([
    [{}, true],
    [{ since: event.t }, true],
    [{ since: event.t + 1 }, false],
    [{ until: event.t - 1 }, false],
    [{ label: 'restricted' }, true],
    [{ label: 'internal' }, false],
    [{ actors: ['ada'] }, true],
    [{ actors: ['ada@wks'] }, true],
    [{ actors: ['ad'] }, false],
    [{ actors: ['bob', 'ada'] }, true],
    [{ actors: [] }, false],
  ])('%o: %s', (query, expected) => {
    expect(matchesQuery(event, query)).toBe(expected);
  });
  const now = Date.parse('2026-11-24T12:00:00Z');
  test.each([
    ['2d', now - 2 * 86_400_000],
    ['1h', now - 3_600_000],
    ['90s', now - 90_000],
    ['2026-11-24T10:00Z', Date.parse('2026-11-24T10:00:00Z')],
    ['2026-11-24 10:00:30+0200', Date.parse('2026-11-24T08:00:30Z')],
    ['2026-11-24', new Date(2026, 10, 24).getTime()],
    ['2026-11-24T09:30', new Date(2026, 10, 24, 9, 30).getTime()],
  ])('%s is a moment', (text, expected) => {
    expect(parseWhen(text, '--since', now)).toBe(expected);
  });
  test('until a day is until its end', () => {
    expect(parseWhen('2026-11-24', '--until', now, true)).toBe(
      new Date(2026, 10, 24, 23, 59, 59, 999).getTime(),
    );
  });
  test.each([
    '',
    'yesterday-ish',
    '2y',
    '2026-02-30',
    '2026-13-01',
    '24.11.2026',
    '2026-11-24T25:00',
  ])('%j is none', (text) => {
    expect(() => parseWhen(text, '--since', now)).toThrow(
      expect.objectContaining({ code: 'usage' }),
    );
  });
});
