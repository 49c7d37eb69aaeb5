import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { cordon } from '../support/lab.ts';
import type { TestRepo } from '../support/repo.ts';
import {
  copiesIn,
  linesOf,
  makeMachine,
  renamed,
  reportOf,
  secretCode,
  type Report,
} from './pipeline-lab.ts';

const carrier = Array.from({ length: 40 }, (_, at) => `plain_${at} = ${at}  # a value\n`).join('');

async function pushOf(
  repo: TestRepo,
  files: Record<string, string | Buffer>,
): Promise<{ readonly code: number | null; readonly report: Report; readonly stderr: string }> {
  repo.commit(files);
  const { code, stderr } = await repo.push('-q', 'origin', 'HEAD');
  return { code, stderr, report: reportOf(repo) };
}

test('a paste into another repository of this machine is stopped, with its source', async () => {
  using machine = await makeMachine();
  const { code, report, stderr } = await pushOf(machine.other(), {
    'lib/utils.py': carrier + linesOf(18, 57),
  });
  expect(code).toBe(1);
  expect(copiesIn(report)).toMatchObject([
    {
      rule: 'copy',
      label: 'restricted',
      severity: 'block',
      path: 'lib/utils.py',
      line: 41,
      source: { path: 'src/model/blend.py', line: 18 },
    },
  ]);
  expect(stderr).toContain('src/model/blend.py:18');
});

test('so is one whose names were all exchanged', async () => {
  using machine = await makeMachine();
  const { code, report } = await pushOf(machine.other(), {
    'lib/utils.py': carrier + renamed(linesOf(11, 60)),
  });
  expect(code).toBe(1);
  expect(copiesIn(report)).toMatchObject([{ rule: 'renamed', severity: 'block' }]);
});

test('so is the file itself, under another name', async () => {
  using machine = await makeMachine();
  const { code, report } = await pushOf(machine.other(), { 'notes.txt': secretCode });
  expect(code).toBe(1);
  expect(copiesIn(report)).toMatchObject([
    { rule: 'whole', source: { path: 'src/model/blend.py' } },
  ]);
});

test('code of its own passes', async () => {
  using machine = await makeMachine();
  expect(await pushOf(machine.other(), { 'lib/own.py': carrier })).toMatchObject({
    code: 0,
    report: { verdict: 'allow', findings: [] },
  });
});

const piece = linesOf(18, 57);
const inPatch = piece.replace(/^/gm, '+');
const wrapped = { patch: `--- a/x\n+++ b/x\n@@ -1,1 +1,41 @@\n context\n${inPatch}`, piece };
describe('whatever it is wrapped in', () => {
  test.each([
    ['a notebook', 'a.ipynb', notebookOf(piece)],
    ['base64', 'a.txt', `${Buffer.from(piece).toString('base64')}\n`],
    ['gzip', 'a.bin', gzipSync(piece)],
    ['a patch', 'a.patch', wrapped.patch],
    ['a quote', 'a.md', piece.replace(/^/gm, '> ')],
    [
      'a listing',
      'a.log',
      piece
        .split('\n')
        .map((line, at) => `${at + 1}: ${line}`)
        .join('\n'),
    ],
    ['comments', 'a.py', piece.replace(/^/gm, '# ')],
    ['a page', 'a.html', `<html><pre>${escaped(piece)}</pre></html>\n`],
    ['UTF-16', 'a.ps1', Buffer.from(`\ufeff${piece}`, 'utf16le')],
    ['a string of JSON', 'a.json', JSON.stringify({ text: piece })],
    ['binary content', 'a.dat', Buffer.concat([Buffer.alloc(3000), Buffer.from(piece)])],
  ])('%s', async (_what, path, content) => {
    using machine = await makeMachine();
    const { code, report } = await pushOf(machine.other(), { [path]: content });
    expect(copiesIn(report)).toMatchObject([
      { rule: 'copy', path, source: { path: 'src/model/blend.py' } },
    ]);
    expect(code).toBe(1);
  });
});

test('an allow line at home lets it through, one in the push does not', async () => {
  using machine = await makeMachine();
  const repo = machine.other();
  const first = await pushOf(repo, { 'lib/utils.py': piece });
  const [found] = copiesIn(first.report);
  const policy = [
    'version: 1',
    'allow:',
    `  - {kind: copy, fingerprint: '${found?.fingerprint ?? ''}', reason: 'published in March'}`,
    '',
  ].join('\n');
  const own = await pushOf(repo, { '.cordon/policy.yaml': policy });
  expect(own.code).toBe(1);
  expect(copiesIn(own.report)).toMatchObject([{ severity: 'block' }]);
  // Reviewed and merged: home's default branch has it.
  const { commit } = { commit: repo.git('commit-tree', '-m', 'policy', treeOf(repo, policy)) };
  expect(
    (await repo.run('push', '-q', '--no-verify', 'origin', `${commit}:refs/heads/main`)).code,
  ).toBe(0);
  repo.git('fetch', '-q', 'origin');
  repo.git('reset', '-q', '--hard', 'origin/main');
  const reviewed = await pushOf(repo, { 'lib/utils.py': piece });
  expect(reviewed.code).toBe(0);
  expect(copiesIn(reviewed.report)).toMatchObject([{ allowed: { by: 'home' } }]);
});

test('a classified file goes to its own home, which is cleared for it', async () => {
  using machine = await makeMachine();
  const repo = machine.other();
  const home = repo.git('remote', 'get-url', 'origin');
  const policy = [
    'version: 1',
    'defaultLabel: internal',
    "markings: [{paths: ['src/model/**'], label: restricted}]",
    `destinations: [{url: '${home}', clearance: restricted}]`,
    '',
  ].join('\n');
  const files = { '.cordon/policy.yaml': policy, 'src/model/blend.py': secretCode };
  expect(await pushOf(repo, files)).toMatchObject({ code: 0, report: { findings: [] } });
  const near = secretCode.replace('0.0375', '0.5').replace('slack=7', 'slack=11');
  expect(await pushOf(repo, { 'src/model/blend_v2.py': near })).toMatchObject({
    code: 0,
    report: { findings: [] },
  });
});

test('what was registered since is known, though the objects were seen before', async () => {
  using machine = await makeMachine();
  const repo = machine.other();
  const fresh = linesOf(1, 62).replaceAll('tid', 'quarz').replaceAll('moor', 'tether');
  repo.commit({ 'lib/early.py': renamed(fresh).replaceAll('+', '-').replaceAll('range', 'xr') });
  const scanned = await cordon(repo, ['scan', '--history', '--format', 'json']);
  expect(scanned.code).toBe(0);
  const later = repo.git('show', 'HEAD:lib/early.py');
  machine.secret.commit({ 'src/model/later.py': `${later}\n` });
  expect((await cordon(machine.secret, ['register', '--no-background'])).code).toBe(0);
  const again = await cordon(repo, ['scan', '--history', '--format', 'json']);
  const report = JSON.parse(again.stdout) as Report;
  expect(copiesIn(report).map(({ source }) => source?.path)).toContain('src/model/later.py');
});

function notebookOf(code: string): string {
  const source = code.split(/(?<=\n)/);
  const cell = { cell_type: 'code', metadata: {}, outputs: [], execution_count: 1, source };
  return JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells: [cell] }, null, 1);
}

const escaped = (code: string): string =>
  code.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A tree with the policy alone. */
function treeOf(repo: TestRepo, policy: string): string {
  const blob = repo.gitBytes(policy, 'hash-object', '-w', '--stdin').toString('latin1').trim();
  const folder = repo
    .gitBytes(`100644 blob ${blob}\tpolicy.yaml\n`, 'mktree')
    .toString('latin1')
    .trim();
  return repo.gitBytes(`040000 tree ${folder}\t.cordon\n`, 'mktree').toString('latin1').trim();
}
