import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeGuarded, type Guarded } from '../support/guarded.ts';

const policy = [
  // So that the one path that is told of is the classified one.
  'defaultLabel: public',
  'record: {privacy: keyed}',
  'markings:',
  "  - {paths: ['titan/**'], label: restricted}",
  "  - {paths: ['.cordon/**'], label: public}",
].join('\n');

const content = 'def attend_quicksilver(query):\n    return query\n';

let repo: Guarded;
beforeEach(async () => {
  repo = await makeGuarded({ policy, isDirect: true });
});
afterEach(() => repo.cleanup());

const stateOf = ({ env }: Guarded) => join(env['HOME'] ?? '', '.local/state');

/** Every byte of every file under the state folder, and the files' names. */
function everyByte(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return `${path.slice(folder.length)}\n${entry.isFile() ? readFileSync(path, 'latin1') : ''}`;
    })
    .join('\n');
}

async function actSecretly(): Promise<void> {
  repo.bare('exfil-remote');
  repo.commit({ 'titan/warp_drive.py': content, 'secret-plans.md': 'quicksilver\n' }, 'moonshot');
  const blocked = await repo.pushed(['exfil-remote', 'HEAD:refs/heads/ada/codename-titan']);
  expect(blocked.code).toBe(1);
}

const planted = (): RegExp =>
  new RegExp(
    [
      'titan',
      'warp_drive',
      'secret-plans',
      'quicksilver',
      'moonshot',
      'codename',
      'exfil',
      'repo\\.git',
      'cordon-test-',
      'ada@lab',
      `${userInfo().username}@`,
      `@${hostname()}`,
    ].join('|'),
    'i',
  );

test('with keyed names no path, URL, branch, person or content stands in any byte of the record', async () => {
  await actSecretly();
  const bytes = everyByte(stateOf(repo));
  expect(bytes).toContain('"kind":"push"');
  expect(bytes).toContain('"verdict":"block"');
  expect(bytes).toMatch(/"path":"k1:[0-9a-f]{8}:[\w-]{22}\.py"/);
  expect(bytes.match(planted())).toBeNull();
  // Nor does a name's hash without the key: that could be guessed.
  for (const name of [
    'titan/warp_drive.py',
    'refs/heads/ada/codename-titan',
    userInfo().username,
  ]) {
    for (const form of ['hex', 'base64', 'base64url'] as const) {
      for (const algorithm of ['sha1', 'sha256', 'md5']) {
        const digest = createHash(algorithm).update(name).digest(form).replace(/=+$/, '');
        expect(bytes).not.toContain(digest.slice(0, 16));
      }
    }
  }
});

test('the same acts in clear would have been found by that search', async () => {
  repo.cleanup();
  repo = await makeGuarded({ policy: policy.replace('keyed', 'plain'), isDirect: true });
  await actSecretly();
  const bytes = everyByte(stateOf(repo));
  expect(bytes).toContain('titan/warp_drive.py');
  expect(bytes).toContain('codename-titan');
  expect(bytes).not.toContain('quicksilver');
});

test('the machine that made the keys shows its user what is kept about them', async () => {
  await actSecretly();
  const { output } = repo.cordon('log', 'tail', '--mine', '-n', 'all');
  expect(output).toContain('titan/warp_drive.py');
  expect(repo.cordon('log').output).toContain('keyed (');
});

test("an organisation's keys: equal on two machines, named again by the private half alone", async () => {
  const home = repo.env['HOME'] ?? '';
  const secret = join(home, 'team.json');
  expect(repo.cordon('log', 'key', '--create', secret).code).toBe(0);
  expect(repo.cordon('log', 'key', '--create', secret).code).not.toBe(0);
  expect(repo.cordon('log', 'key', '--import', `${secret}.pub`).code).toBe(0);
  await actSecretly();
  const shipped = join(home, 'shipped.jsonl');
  expect(repo.cordon('log', 'export', '--output', shipped).code).toBe(0);
  const lines = readFileSync(shipped, 'utf8');
  expect(lines.match(planted())).toBeNull();
  // Of this machine's own keys it cannot name what it wrote under the organisation's.
  const tail = repo.cordon('log', 'tail', '-n', 'all').output;
  expect(tail).not.toContain('titan/warp_drive.py');

  const other = await makeGuarded({ policy, isDirect: true });
  try {
    other.cordon('log', 'key', '--import', `${secret}.pub`);
    const named = other.cordon('log', 'reveal', shipped, '--identity', secret);
    expect(named.code).toBe(0);
    expect(named.output).toContain('titan/warp_drive.py');
    expect(named.output).toContain('refs/heads/ada/codename-titan');
    // Naming people again is itself recorded.
    expect(everyByte(stateOf(other))).toContain('names-revealed');
    const without = other.cordon('log', 'reveal', shipped, '--identity', `${secret}.pub`);
    expect(without.code).toBe(2);
  } finally {
    other.cleanup();
  }
});

test("once an organisation's keys are here, no policy brings names back in clear", async () => {
  repo.cleanup();
  repo = await makeGuarded({ policy: policy.replace('keyed', 'plain'), isDirect: true });
  const secret = join(repo.env['HOME'] ?? '', 'team.json');
  repo.cordon('log', 'key', '--create', secret);
  const before = everyByte(stateOf(repo));
  repo.cordon('log', 'key', '--import', `${secret}.pub`);
  await actSecretly();
  const bytes = everyByte(stateOf(repo));
  expect(bytes).toContain('"verdict":"block"');
  expect(bytes).not.toContain('titan/warp_drive.py');
  expect(bytes.length).toBeGreaterThan(before.length);
});

test('a key file that is broken stops nothing silently: it is never replaced', async () => {
  const file = join(repo.env['HOME'] ?? '', 'data/cordon/record/privacy.json');
  writeFileSync(file, '{}');
  repo.commit({ 'titan/a.py': content });
  const pushed = await repo.pushed(['origin', 'HEAD:refs/heads/other']);
  expect(pushed.code).not.toBe(0);
  expect(readFileSync(file, 'utf8')).toBe('{}');
});
