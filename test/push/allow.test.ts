import { crc32 } from 'node:zlib';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
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

/** Home's policy lets toy models through at one place; `open` is cleared for internal code too. */
let repo: Guarded;
let open: TestRepo;
beforeAll(async () => {
  repo = await makeGuarded({
    policy: [
      'allow:',
      "  - {kind: weights, paths: ['test/toys/**'], maxBytes: 200000, reason: 'toy models'}",
      "  - {kind: secret, rule: huggingface-token, paths: ['test/sample.py'], reason: 'a sample'}",
    ].join('\n'),
  });
  open = repo.bare('open');
  repo.commit({
    '.cordon/policy.yaml': policyText(repo.home, {
      policy: [
        'allow:',
        "  - {kind: weights, paths: ['test/toys/**'], maxBytes: 200000, reason: 'toy models'}",
        "  - {kind: secret, rule: huggingface-token, paths: ['test/sample.py'], reason: 'a sample'}",
        'destinations:',
        `  - {url: ${JSON.stringify(repo.home.dir)}, clearance: internal}`,
        `  - {url: ${JSON.stringify(open.dir)}, clearance: internal}`,
      ].join('\n'),
    }),
  });
  repo.git('push', '-q', '--no-verify', 'origin', 'main');
});
afterAll(() => repo.cleanup());

let count = 0;
function branch(files: Readonly<Record<string, string | Buffer | null>>): string {
  const name = `allow-${(count += 1)}`;
  repo.git('switch', '-q', '-c', name, 'main');
  repo.commit(files);
  return name;
}
const secret = () => `TOKEN = "${fakeToken(2000 + (count += 1))}"`;
const toy = writeSafetensors({ tensors: tensorsOf(100_000) });

test("home's own allow line counts at its paths, up to its size, and nowhere else", async () => {
  const inside = branch({ 'test/toys/a.bin': toy });
  const answer = await repo.pushed(['origin', inside]);
  expect(answer.code).toBe(0);
  expect(answer.report?.findings).toEqual([
    expect.objectContaining({
      kind: 'weights',
      severity: 'warn',
      allowed: { by: 'home', reason: 'toy models' },
    }),
  ]);
  const beside = branch({ 'test/other/b.bin': writeSafetensors({ tensors: tensorsOf(90_000) }) });
  expect(await repo.pushed(['origin', beside])).toMatchObject({ code: 1 });
  const large = branch({
    'test/toys/c.bin': writeSafetensors({ tensors: tensorsOf(400_000), seed: 5 }),
  });
  expect(await repo.pushed(['origin', large])).toMatchObject({ code: 1 });
  // Many toys are a model in parts: what the line lets through is summed over the push.
  const parts = branch(
    Object.fromEntries(
      [1, 2, 3].map((seed) => [
        `test/toys/part-${seed}.bin`,
        writeSafetensors({ tensors: tensorsOf(100_000), seed: 10 + seed }),
      ]),
    ),
  );
  expect(await repo.pushed(['origin', parts])).toMatchObject({ code: 1 });
});

test('a marker with a reason lets a secret go home, recorded, and nowhere else', async () => {
  const marked = branch({
    'a.py': `${secret()}  # cordon:allow huggingface-token a made-up sample\n`,
  });
  const away = await repo.pushed(['open', marked]);
  expect(away.code).toBe(1);
  expect(told(away)).toEqual(['block secret/huggingface-token a.py']);
  const home = await repo.pushed(['origin', marked]);
  expect(home.code).toBe(0);
  expect(home.report?.findings).toEqual([
    expect.objectContaining({
      kind: 'secret',
      severity: 'warn',
      allowed: { by: 'marker', reason: 'a made-up sample' },
    }),
  ]);
});

test.each([
  ['without a reason', '# cordon:allow huggingface-token'],
  ['for another rule', '# cordon:allow openai-api-key a made-up sample'],
])('a marker %s lets nothing through', async (_name, comment) => {
  const ref = branch({ 'b.py': `${secret()}  ${comment}\n` });
  const answer = await repo.pushed(['origin', ref]);
  expect(answer.code).toBe(1);
  expect(refOf(repo.home, `refs/heads/${ref}`)).toBeUndefined();
});

test('an allow line in the push itself lets its secret go home, and weights nowhere', async () => {
  const value = secret();
  const stopped = branch({ 'c.py': `${value}\n` });
  const first = await repo.pushed(['origin', stopped]);
  expect(first.code).toBe(1);
  const fingerprint = first.report?.findings[0]?.fingerprint ?? '';
  expect(fingerprint).toMatch(/^c1:/);
  const text = readFileSync(join(repo.dir, '.cordon/policy.yaml'), 'utf8');
  const withLine = (line: string) => text.replace('allow:\n', `allow:\n  - ${line}\n`);
  repo.commit({
    '.cordon/policy.yaml': withLine(
      `{kind: secret, fingerprint: '${fingerprint}', reason: 'documentation sample'}`,
    ),
  });
  const home = await repo.pushed(['origin', stopped]);
  expect(home.code).toBe(0);
  expect(home.report?.findings).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        kind: 'secret',
        allowed: { by: 'tip', reason: 'documentation sample' },
      }),
      expect.objectContaining({ kind: 'policy', rule: 'allow', severity: 'warn' }),
    ]),
  );
  expect(await repo.pushed(['open', stopped])).toMatchObject({ code: 1 });
  const weights = branch({
    'd.bin': writeSafetensors({ tensors: tensorsOf(100_000), seed: 30 }),
    '.cordon/policy.yaml': withLine("{kind: weights, paths: ['d.bin'], reason: 'mine'}"),
  });
  expect(await repo.pushed(['origin', weights])).toMatchObject({ code: 1 });
});

test("home's allow line for a secret counts elsewhere too", async () => {
  const ref = branch({ 'test/sample.py': `${secret()}\n` });
  const answer = await repo.pushed(['open', ref]);
  expect(answer.code).toBe(0);
  expect(answer.report?.findings).toEqual([
    expect.objectContaining({ kind: 'secret', allowed: { by: 'home', reason: 'a sample' } }),
  ]);
});

test('facts are kept by object and detectors: the next push asks them, not the content', async () => {
  const ref = branch({ 'kept.py': 'nothing = "to see here"\n' });
  const oid = repo.git('rev-parse', `${ref}:kept.py`);
  const look = () => repo.pushed(['--dry-run', 'origin', ref]);
  expect(await look()).toMatchObject({ code: 0 });
  const facts = join(repo.dir, '.git/cordon/facts');
  const [key = ''] = readdirSync(facts);
  expect(key).toMatch(/^c\d+-weights\d+-.*secrets\d+-[0-9a-f]{12}$/);
  const shard = join(facts, key, oid.slice(0, 2));
  const planted = { b: 1, f: [{ kind: 'uninspected', rule: 'encrypted', at: { layer: '' } }] };
  const text = JSON.stringify(planted);
  const sum = crc32(`${oid} ${text}`).toString(16);
  writeFileSync(shard, `${readFileSync(shard, 'utf8')}${oid} ${sum} ${text}\n`);
  expect(told(await look())).toEqual(['block uninspected/encrypted kept.py']);
  // Facts that other versions of the detectors left are not asked.
  renameSync(join(facts, key), join(facts, key.replace(/secrets\d+/, 'secrets0')));
  expect(await look()).toMatchObject({ code: 0 });
});
