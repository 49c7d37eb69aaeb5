import { chmodSync, writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  fakeToken,
  type Guarded,
  makeGuarded,
  policyText,
  refOf,
  told,
} from '../support/guarded.ts';
import { tensorsOf, writeSafetensors } from '../support/models.ts';
import type { TestRepo } from '../support/repo.ts';

let repo: Guarded;
let stranger: TestRepo;
let home: string;
beforeAll(async () => {
  repo = await makeGuarded();
  stranger = repo.bare('stranger');
  home = repo.home.dir;
});
afterAll(() => repo.cleanup());

let count = 0;
function branch(files: Readonly<Record<string, string | Buffer | null>>): string {
  const name = `policy-${(count += 1)}`;
  repo.git('switch', '-q', '-c', name, 'main');
  repo.commit(files);
  return name;
}

const POLICY = '.cordon/policy.yaml';
const cleared = (label: string, ...urls: string[]) =>
  [
    'version: 1',
    'defaultLabel: internal',
    'destinations:',
    ...urls.map((url) => `  - {url: ${JSON.stringify(url)}, clearance: ${label}}`),
    '',
  ].join('\n');
const sources = (answer: Awaited<ReturnType<Guarded['pushed']>>) =>
  answer.report?.policies.map(({ source }) => source);
const weights = (seed: number) => writeSafetensors({ tensors: tensorsOf(100_000), seed });

test('home decides: a push that clears its own way is told and does not help itself', async () => {
  const ref = branch({
    [POLICY]: cleared('restricted', home, stranger.dir),
    'w.txt': weights(1),
  });
  const toHome = await repo.pushed(['origin', ref]);
  expect(toHome.code).toBe(1);
  expect(sources(toHome)).toEqual(['home', 'tip']);
  expect(told(toHome)).toEqual(
    expect.arrayContaining([
      'block weights/safetensors w.txt',
      `warn policy/destinations ${POLICY}`,
    ]),
  );
  const away = await repo.pushed(['stranger', ref]);
  expect(away.code).toBe(1);
  expect(told(away)).toEqual(
    expect.arrayContaining([
      'block weights/safetensors w.txt',
      `block policy/destinations ${POLICY}`,
      'block label/unmarked README.md',
    ]),
  );
});

test('a looser policy alone may go home to be reviewed, not elsewhere; a stricter one judges itself', async () => {
  const loose = branch({ [POLICY]: cleared('restricted', home, stranger.dir) });
  const answer = await repo.pushed(['origin', loose]);
  expect(answer).toMatchObject({ code: 0, report: { verdict: 'warn' } });
  expect(refOf(repo.home, `refs/heads/${loose}`)).toBe(repo.git('rev-parse', loose));
  const strict = branch({
    [POLICY]: policyText(repo.home, {
      policy: "markings: [{paths: ['plans/**'], label: restricted}]",
    }),
    'plans/next.md': 'a plan that the branch itself marks\n',
  });
  const stricter = await repo.pushed(['origin', strict]);
  expect(stricter.code).toBe(1);
  expect(told(stricter)).toEqual(['block label/marked plans/next.md']);
});

test('a policy that is taken away is told', async () => {
  const ref = branch({ [POLICY]: null });
  const answer = await repo.pushed(['origin', ref]);
  expect(answer).toMatchObject({ code: 0, report: { verdict: 'warn' } });
  expect(told(answer)).toEqual([`warn policy/policy ${POLICY}`]);
});

test('a policy in the push that does not parse blocks, and says where', async () => {
  const ref = branch({ [POLICY]: 'version: 1\ndefaultLabel: internal\nmarkngs: []\n' });
  const answer = await repo.pushed(['origin', ref]);
  expect(answer.code).toBe(1);
  expect(told(answer)).toEqual([`block policy/broken ${POLICY}`]);
  const message = answer.report?.findings[0]?.message ?? '';
  expect(message).toMatch(/policy\.yaml[^\n]*:3:1/);
  expect(message).toContain('markings');
});

test('a broken policy at home: its last one that parses counts, and a push mends it', async () => {
  repo.git('switch', '-q', 'main');
  const good = repo.git('rev-parse', 'main');
  repo.commit({ [POLICY]: 'version: 1\n  broken: [\n' });
  repo.git('push', '-q', '--no-verify', 'origin', 'main');
  const leak = branch({ 'w.txt': weights(2) });
  const answer = await repo.pushed(['origin', leak]);
  expect(answer.code).toBe(1);
  expect(told(answer)).toContain('block weights/safetensors w.txt');
  const plain = branch({ 'a.txt': 'plain code goes on\n' });
  expect(await repo.pushed(['origin', plain])).toMatchObject({ code: 0 });
  repo.git('switch', '-q', 'main');
  repo.git('checkout', '-q', good, '--', POLICY);
  repo.commit({});
  const mended = await repo.pushed(['origin', 'main']);
  expect(mended).toMatchObject({ code: 0 });
});

test("the organisation's policy is judged beside home's, and the severest wins", async () => {
  const file = join(repo.dir, '..', 'organisation.yaml');
  const env = { CORDON_ORGANISATION_POLICY: file };
  const ref = branch({ 'b.txt': 'plain\n' });
  writeFileSync(file, 'version: 1\nisolated: true\ndestinations: []\n');
  const refused = await repo.pushed(['origin', ref], env);
  expect(refused.code).toBe(1);
  expect(sources(refused)).toEqual(['organisation', 'home']);
  expect(told(refused)).toEqual(['block destination/not-listed']);
  writeFileSync(file, cleared('restricted', '**'));
  const leak = branch({ 'w.txt': weights(3) });
  expect(await repo.pushed(['stranger', leak], env)).toMatchObject({ code: 1 });
  writeFileSync(file, 'version: 1\nbroken: true\n');
  const broken = await repo.pushed(['origin', ref], env);
  expect(broken.code).not.toBe(0);
  expect(broken.stderr).toContain('organisation.yaml');
  expect(refOf(repo.home, `refs/heads/${ref}`)).toBeUndefined();
  expect(await repo.pushed(['origin', ref])).toMatchObject({ code: 0 });
});

test('observe: everything is judged and told, nothing is blocked', async () => {
  const one = await makeGuarded({ isDirect: true, policy: 'mode: observe' });
  try {
    one.commit({ 'w.txt': weights(4), 'k.py': `TOKEN = "${fakeToken(40)}"\n` });
    const answer = await one.pushed(['origin', 'main']);
    expect(answer).toMatchObject({ code: 0, report: { verdict: 'warn' } });
    expect(told(answer)).toEqual(
      expect.arrayContaining([
        'warn weights/safetensors w.txt',
        'warn secret/huggingface-token k.py',
      ]),
    );
  } finally {
    one.cleanup();
  }
});

test('isolated: a destination that is not listed gets nothing, public or not', async () => {
  const one = await makeGuarded({
    isDirect: true,
    policy: "isolated: true\nmarkings: [{paths: ['**'], label: public}]",
  });
  try {
    one.bare('other');
    const answer = await one.pushed(['other', 'main']);
    expect(answer.code).toBe(1);
    expect(told(answer)).toContain('block destination/not-listed');
    one.commit({ 'docs.md': '# Docs\n' });
    expect(await one.pushed(['origin', 'main'])).toMatchObject({ code: 0 });
  } finally {
    one.cleanup();
  }
});

test('insteadOf and pushInsteadOf lead where git goes, whatever the remote is called', async () => {
  const ref = branch({ 'c.txt': 'plain\n' });
  repo.git('config', `url.${home}.insteadOf`, 'lab:home');
  repo.addRemote('short', 'lab:home');
  const toHome = await repo.pushed(['short', ref]);
  expect(toHome).toMatchObject({ code: 0, report: { destination: { home: true } } });
  repo.git('config', `url.${stranger.dir}.pushInsteadOf`, home);
  const away = await repo.pushed(['origin', `${ref}:refs/heads/away`]);
  repo.git('config', '--unset', `url.${stranger.dir}.pushInsteadOf`);
  repo.git('config', '--unset', `url.${home}.insteadOf`);
  expect(away).toMatchObject({ code: 1, report: { destination: { clearance: 'public' } } });
  expect(stranger.git('for-each-ref')).toBe('');
});

test('an ssh alias is followed to its host name, without a connection', async () => {
  const folder = join(repo.dir, '..');
  // Named ssh: options are followed only where the command is ssh and nothing more.
  mkdirSync(join(folder, 'fake'));
  const fake = join(folder, 'fake', 'ssh');
  writeFileSync(fake, '#!/bin/sh\nfor last; do :; done\nexec sh -c "$last"\n');
  chmodSync(fake, 0o755);
  const config = join(folder, 'ssh_config');
  const env = { GIT_SSH_COMMAND: `${fake} -F ${config}`, GIT_SSH_VARIANT: 'ssh' };
  const listed = policyText(repo.home, {
    policy: [
      'destinations:',
      '  - {url: "git@lab.example:**", clearance: internal}',
      `  - {url: ${JSON.stringify(home)}, clearance: internal}`,
    ].join('\n'),
  });
  repo.git('switch', '-q', 'main');
  repo.commit({ [POLICY]: listed });
  expect(await repo.pushed(['origin', 'main'])).toMatchObject({ code: 0 });
  repo.addRemote('alias', `work:${home}`);
  repo.addRemote('named', `git@lab.example:${home}`);
  writeFileSync(config, 'Host work\n  HostName lab.example\n  User git\n');
  const ref = branch({ 'd.txt': 'plain\n' });
  const there = await repo.pushed(['alias', ref], env);
  expect(there).toMatchObject({ code: 0, report: { destination: { clearance: 'internal' } } });
  expect(told(there)).toEqual(['warn destination/ssh-command']);
  // The name that the policy lists, led elsewhere by the user's own settings.
  writeFileSync(config, 'Host lab.example\n  HostName drop.example\n  User git\n');
  const other = branch({ 'e.txt': 'plain, and new there\n' });
  const led = await repo.pushed(['named', `${other}:refs/heads/led`], env);
  expect(led).toMatchObject({ code: 1, report: { destination: { clearance: 'public' } } });
  expect(refOf(repo.home, 'refs/heads/led')).toBeUndefined();
});
