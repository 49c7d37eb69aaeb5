import { spawn } from 'node:child_process';
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listSegments, openRecord, type NewEvent } from '../../core/audit/index.ts';
import { monthName, segmentName } from '../../core/audit/list-segments.ts';
import { command, cordon, makeLab, runProgram, type Ran } from '../support/lab.ts';
import type { TestRepo } from '../support/repo.ts';
import { ocsfFacts } from './ocsf-facts.ts';
import { validateOcsf } from './ocsf-validate.ts';

const evil = 'src/\u001b[2Jevil\r\n\u202e=cmd|calc.py';

let lab: TestRepo & Disposable;
let folder: string;
const run = (...args: string[]): Promise<Ran> => cordon(lab, ['log', ...args]);

/** What the command itself calls this person. */
async function me(): Promise<string> {
  const { stdout } = await run('--format', 'json');
  return (JSON.parse(stdout) as { actor: string }).actor;
}

function write(events: readonly NewEvent[], actor: string): void {
  const record = openRecord({ folder, identity: { actor, version: '1.0.0' } });
  for (const event of events) record.append(event);
  record.close();
}

const jsonl = ({ stdout }: Ran): Record<string, unknown>[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

beforeAll(async () => {
  lab = makeLab();
  folder = join(lab.env['HOME'] ?? '', '.local/state/cordon/record');
  const actor = await me();
  write(
    [
      { kind: 'commit', path: 'src/a.py', label: 'internal', verdict: 'allow' },
      { kind: 'push', path: evil, to: 'github.com/x/y', label: 'restricted', verdict: 'block' },
    ],
    actor,
  );
  write([{ kind: 'commit', path: 'theirs.py', verdict: 'warn' }], 'bob@other');
});
afterAll(() => lab[Symbol.dispose]());

describe('cordon log', () => {
  test('tells what is kept about whom, in 80 columns', async () => {
    const { code, stdout } = await run();
    expect(code).toBe(0);
    expect(stdout).toContain(await me());
    expect(stdout.replaceAll(/\s+/g, '')).toContain(folder);
    expect(stdout).toContain('1 push (1 blocked)');
    expect(stdout).toMatch(/others .* 3 events/);
    // A long path is cut where it must be, so that no line is wider than a terminal.
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('tail shows a line an event, and nothing that moves a cursor', async () => {
    const { code, stdout } = await run('tail', '-n', 'all');
    const lines = stdout.split('\n').slice(0, -1);
    expect(code).toBe(0);
    // Of two processes; where each begins and ends is for machines to read.
    expect(lines).toHaveLength(3);
    expect(jsonl(await run('tail', '-n', 'all', '--format', 'json'))).toHaveLength(7);
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(lines.find((line) => line.includes('evil'))).toMatch(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}block {2}push {11}src\//,
    );
    expect(stdout).toContain('(bob@other)');
  });

  test('tail gives the last ones, and only mine where asked', async () => {
    expect((await run('tail', '-n', '1')).stdout.split('\n')).toHaveLength(2);
    const mine = jsonl(await run('tail', '--mine', '-n', 'all', '--format', 'json'));
    expect(mine).toHaveLength(4);
    expect(new Set(mine.map(({ actor }) => actor))).toEqual(new Set([await me()]));
  });

  test('tail --follow shows what comes', async () => {
    const child = spawn(process.execPath, [command, 'log', 'tail', '-n', '0', '-f'], {
      cwd: lab.dir,
      env: lab.env,
    });
    let seen = '';
    const found = new Promise<void>((resolve) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        seen += text;
        if (seen.includes('fresh-9.py')) resolve();
      });
    });
    // Written once it follows and before: neither may be lost or told twice.
    let count = 0;
    const writing = setInterval(() => {
      if (count < 10) write([{ kind: 'create', path: `fresh-${count++}.py` }], 'bob@other');
    }, 150);
    await found;
    clearInterval(writing);
    child.kill('SIGKILL');
    const told = [...seen.matchAll(/fresh-(\d)\.py/g)].map(([, n]) => Number(n));
    expect(told).toEqual([...new Set(told)].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(9);
  });

  test('a verb or an option that is none is told, with the nearest', async () => {
    const wrong = await run('tial');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('log tail');
    expect((await run('verify', '--follow')).code).toBe(2);
    expect((await run('tail', '-n', 'many')).code).toBe(2);
  });
});

describe('cordon log export', () => {
  test('jsonl is the very lines of the record', async () => {
    const { stdout } = await run('export', '--format', 'jsonl');
    const there = listSegments(folder).flatMap(({ path }) =>
      readFileSync(path, 'utf8').split('\n'),
    );
    const lines = stdout.split('\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(6);
    for (const line of lines) expect(there).toContain(line);
  });

  test('ocsf is valid', async () => {
    const events = jsonl(await run('export', '--format', 'ocsf'));
    expect(events.length).toBeGreaterThan(6);
    expect(events.flatMap((event) => validateOcsf(event, ocsfFacts))).toEqual([]);
  });

  test('csv holds one line an event, no formula, no control character', async () => {
    const { stdout } = await run('export', '--format', 'csv', '--label', 'restricted');
    const lines = stdout.split('\r\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toContain(String.raw`src/\u{1b}[2Jevil\u{d}\n`);
    expect(stdout.replaceAll('\r\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test.each([
    [['--label', 'restricted'], 1],
    [['--actor', 'bob'], 1],
    [['--since', '1h', '--label', 'internal'], 1],
    [['--until', '2020-01-01'], 0],
    [['--since', '2999-01-01'], 0],
  ])('%j gives %d commits and pushes', async (args, count) => {
    const events = jsonl(await run('export', ...args));
    expect(events.filter(({ kind }) => kind === 'commit' || kind === 'push')).toHaveLength(count);
  });

  test('goes to a file, whole and private, and is an event', async () => {
    const file = join(lab.env['HOME'] ?? '', 'out.jsonl');
    expect((await run('export', '--output', file)).code).toBe(0);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file, 'utf8').endsWith('}\n')).toBe(true);
    const last = jsonl(await run('tail', '-n', '2', '--format', 'json'));
    expect(last[0]).toMatchObject({ kind: 'export', data: { format: 'jsonl', filtered: false } });
    const nowhere = await run('export', '--output', join(lab.dir, 'no/such/folder'));
    expect(nowhere.code).toBe(2);
  });

  test('a date that is none is told', async () => {
    const { code, stderr } = await run('export', '--since', '2026-02-30');
    expect(code).toBe(2);
    expect(stderr).toContain('--since 2026-02-30');
  });
});

describe('cordon log verify', () => {
  test('checks what was handed over, and says what a filter makes unknowable', async () => {
    const file = join(lab.dir, '..', 'handed over.jsonl');
    const verify = (...args: string[]) => run('verify', '--file', file, ...args);
    expect((await run('export', '--output', file)).code).toBe(0);
    const whole = await verify();
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    expect(whole.stdout).toContain('as recorded');
    expect((await run('verify', file)).code).toBe(0);
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('"path":"src/a.py"', '"path":"src/b.py"'),
    );
    const edited = await verify();
    expect(edited.code).toBe(1);
    expect(edited.stdout).toContain('NOT as it was recorded');
    expect(edited.stdout.replaceAll(/\s+/g, ' ')).toContain('its bytes are not those');
    rmSync(file);
    expect((await run('export', '--label', 'restricted', '--output', file)).code).toBe(0);
    const filtered = await verify();
    expect(filtered.code).toBe(4);
    expect(filtered.stdout).not.toContain('as recorded');
    expect(filtered.stdout.replaceAll(/\s+/g, ' ')).toContain('1 of 1 line cannot be checked');
    expect(JSON.parse((await verify('--format', 'json')).stdout)).toMatchObject({
      ok: true,
      lines: 1,
      unchecked: 1,
    });
    for (const { stdout } of [whole, edited, filtered]) {
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
    rmSync(file);
    expect((await verify()).code).toBe(4);
  });

  test('says that it holds, and what it cannot see', async () => {
    const { code, stdout } = await run('verify');
    expect(code).toBe(0);
    expect(stdout).toContain('The record holds');
    expect(stdout).toContain('What no check on this machine can see');
    expect(stdout).toContain('--heads FILE');
  });

  test('says what is wrong and where', async () => {
    const [segment] = listSegments(folder);
    const path = segment?.path ?? '';
    const bytes = readFileSync(path);
    const changed = Buffer.from(bytes);
    const at = changed.indexOf('src/a.py');
    changed[at] = 0x78;
    writeFileSync(path, changed);
    const { code, stdout } = await run('verify');
    const json = await run('verify', '--format', 'json');
    writeFileSync(path, bytes);
    expect(code).toBe(1);
    expect(stdout).toContain('BROKEN');
    expect(stdout.replaceAll(/\s+/g, '')).toContain(`${segment?.writer}.kept.jsonlline2`);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      problems: expect.arrayContaining([
        expect.objectContaining({ segment: segment?.writer, line: 2, what: 'changed' }),
      ]) as unknown,
    });
    expect((await run('verify')).code).toBe(0);
  });

  test("the receiver's heads show what was cut off at the end", async () => {
    const segment = listSegments(folder).at(-1);
    const path = segment?.path ?? '';
    const events = readFileSync(path, 'utf8').trimEnd().split('\n');
    const { h } = JSON.parse(events.at(-1) ?? '') as { h: string };
    const heads = join(lab.env['HOME'] ?? '', 'heads');
    writeFileSync(
      heads,
      `${JSON.stringify({ writer: segment?.writer, size: events.length, head: h })}\n`,
    );
    expect((await run('verify', '--heads', heads)).code).toBe(0);
    const before = readFileSync(path);
    rmSync(path);
    const noticed = await run('verify');
    // Whoever knows how gives the one before the name that it had before this one named it.
    const { path: named = '', writer = '', start = 0 } = listSegments(folder).at(-1) ?? {};
    const unnamed = join(folder, monthName(start), segmentName(writer, 'done'));
    renameSync(named, unnamed);
    const blind = await run('verify');
    const seen = await run('verify', '--heads', heads);
    renameSync(unnamed, named);
    writeFileSync(path, before);
    expect(noticed.code).toBe(1);
    expect(noticed.stdout).toContain('a later segment that named it is gone');
    expect(blind.code).toBe(0);
    expect(seen.code).toBe(1);
    expect(seen.stdout).toContain('it is gone');
    writeFileSync(heads, 'no head\n');
    expect((await run('verify', '--heads', heads)).code).toBe(2);
  });
});

test('where nothing was recorded, that is said, and nothing is made', async () => {
  using empty = makeLab();
  const summary = await cordon(empty, ['log']);
  expect(summary.code).toBe(0);
  expect(summary.stdout).toContain('nothing yet');
  expect((await cordon(empty, ['log', 'tail'])).stdout).toBe('');
  expect((await cordon(empty, ['log', 'verify'])).code).toBe(0);
  expect(existsSync(join(empty.env['HOME'] ?? '', '.local/state'))).toBe(false);
  expect(readdirSync(empty.env['HOME'] ?? '')).not.toContain('.local');
});

test('a long export comes whole and without a word, through a pipe and into a named one', async () => {
  using own = makeLab();
  const record = openRecord({
    folder: join(own.env['HOME'] ?? '', '.local/state/cordon/record'),
    identity: { actor: 'ada@x', version: '1.0.0' },
  });
  const count = 6000;
  for (let n = 0; n < count; n += 1) record.append({ kind: 'create', path: `src/${n}.py` });
  record.close();
  const piped = await cordon(own, ['log', 'export']);
  expect(piped.stderr).toBe('');
  expect(jsonl(piped).filter(({ kind }) => kind === 'create')).toHaveLength(count);

  const pipe = join(own.dir, 'pipe');
  await runProgram('mkfifo', [pipe], own.dir, { env: own.env });
  const read = runProgram('cat', [pipe], own.dir, { env: own.env });
  const { code } = await cordon(own, ['log', 'export', '--output', pipe]);
  expect(code).toBe(0);
  expect(jsonl(await read).filter(({ kind }) => kind === 'create')).toHaveLength(count);
  // Nothing took its place, as it would have taken that of /dev/null.
  expect(statSync(pipe).isFIFO()).toBe(true);
});
