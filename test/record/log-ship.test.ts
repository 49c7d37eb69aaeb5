import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  listSegments,
  loadHostKey,
  openRecord,
  verifyRecord,
  type SegmentFile,
} from '../../core/audit/index.ts';
import { buildLine, NO_HEAD } from '../../core/audit/line.ts';
import { formatReceiverKey } from '../../core/audit/ship-head.ts';
import { shipRecord } from '../../core/audit/ship.ts';
import { httpTransport } from '../../hooks/ship-transport.ts';
import { cordon, makeLab, policyFor, type Ran } from '../support/lab.ts';
import type { TestRepo } from '../support/repo.ts';
import { startReceiver } from './receiver.ts';

let lab: TestRepo & Disposable;
let folder: string;
beforeEach(() => {
  lab = makeLab();
  folder = join(lab.env['HOME'] ?? '', '.local/state/cordon/record');
});
afterEach(() => lab[Symbol.dispose]());

const run = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  cordon(lab, ['log', ...args], { env });

function write(count: number): void {
  const record = openRecord({ folder, identity: { actor: 'ada@wks', version: '1.0.0' } });
  for (let n = 0; n < count; n += 1) record.append({ kind: 'commit', path: `src/${n}.py` });
  record.close();
}

describe('cordon log ship', () => {
  test('brings the record there and tells so', async () => {
    await using receiver = await startReceiver({ signedOnly: true });
    write(10);
    const first = await run(['ship', '--to', receiver.url]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('Shipped 12 lines');
    expect((await run(['ship', '--to', receiver.url])).stdout).toContain(
      'all of the record already',
    );
    expect(receiver.lines()).toHaveLength(12);
    const verify = await run(['verify', '--receiver-key', formatReceiverKey(receiver.key)]);
    expect(verify).toMatchObject({ code: 0 });
    expect(verify.stdout).toContain('vouch for 1 of 1 segment');
  });

  test('what another host signed, or nobody, is not taken', async () => {
    await using receiver = await startReceiver({ signedOnly: true });
    write(3);
    const unsigned = await shipRecord(folder, httpTransport(receiver.url), { receiver: 'r' });
    expect(unsigned.stopped).toMatchObject({ why: 'refused' });
    const foreign = loadHostKey(join(lab.env['HOME'] ?? '', 'other'));
    const transport = httpTransport(receiver.url, {
      publicKey: foreign.publicKey.toString('base64'),
      sign: (text) => foreign.sign(text),
    });
    const report = await shipRecord(folder, transport, { receiver: 'r' });
    expect(report.stopped).toMatchObject({ why: 'refused' });
    expect(receiver.lines()).toEqual([]);
  });

  test('offline, without a receiver, and over an open line it goes nowhere', async () => {
    await using receiver = await startReceiver();
    write(1);
    expect((await run(['ship', '--to', receiver.url], { CORDON_OFFLINE: '1' })).code).toBe(2);
    expect((await run(['ship'])).code).toBe(2);
    expect((await run(['ship', '--to', 'http://record.lab.example'])).code).toBe(2);
    expect((await run(['ship', '--to', 'nonsense'])).code).toBe(2);
    expect(receiver.counts.requests).toBe(0);
  });

  test("a checkout's own policy does not say where the record goes, home's does", async () => {
    write(1);
    const policy = policyFor({}, ['record: {ship: "https://127.0.0.1:9/"}']);
    lab.commit({ '.cordon/policy.yaml': policy });
    const own = await run(['ship']);
    expect(own.code).toBe(2);
    expect(own.stderr).toContain('no policy here names a receiver');
    expect((await run([])).stdout).toContain('does not count');
    lab.git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    lab.addRemote('origin', 'https://git.lab.example/models/alpha.git');
    lab.git('symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
    expect((await run([])).stdout.replaceAll(/\s+/g, ' ')).toContain(
      'goes to https://127.0.0.1:9/, by cordon log ship',
    );
  });

  test('an alarm is told, recorded, and no success', async () => {
    await using receiver = await startReceiver();
    write(10);
    await run(['ship', '--to', receiver.url]);
    const [segment] = listSegments(folder);
    if (segment === undefined) throw new Error('no segment');
    attacks['cut'](segment);
    const { code, stdout } = await run(['ship', '--to', receiver.url]);
    expect(code).toBe(1);
    expect(stdout).toContain(`ALARM ${segment.writer}`);
    expect((await run(['tail', '-n', '3'])).stdout).toContain('ship-shorter');
  });

  test('a receiver that answers nothing useful is told, and nothing is lost', async () => {
    write(2);
    await using receiver = await startReceiver({ limit: 10 });
    const refused = await run(['ship', '--to', receiver.url]);
    expect(refused.code).toBe(4);
    expect(refused.stdout).toContain('refused');
    await using better = await startReceiver();
    expect((await run(['ship', '--to', better.url])).code).toBe(0);
    expect(better.lines()).toHaveLength(4);
  });
});

const attacks = {
  cut: ({ path }: SegmentFile) => {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    truncateSync(path, Buffer.byteLength(`${lines.slice(0, -3).join('\n')}\n`));
  },
  deleted: ({ path }: SegmentFile) => {
    rmSync(path);
  },
  rewritten: (segment: SegmentFile) => rebuild(segment, (lines) => lines.toSpliced(4, 1)),
  padded: (segment: SegmentFile) =>
    rebuild(segment, (lines) => [...lines.toSpliced(4, 1), lines.at(-1) ?? '']),
};

/** As the machine's owner can: the chain anew, the checkpoints away. */
function rebuild({ path }: SegmentFile, change: (lines: string[]) => string[]): void {
  let head = NO_HEAD;
  const made = change(readFileSync(path, 'utf8').trimEnd().split('\n')).map((line, n) => {
    const body = line.slice(0, line.lastIndexOf(',"h":"')).replace(/"n":\d+/, `"n":${n}`);
    const built = buildLine(head, body);
    head = built.head;
    return Buffer.from(built.bytes);
  });
  writeFileSync(path, Buffer.concat(made));
}

test.each(Object.entries(attacks))(
  "segments that were %s after shipping are found by the receiver's heads, every one",
  async (_, attack) => {
    await using receiver = await startReceiver();
    for (let segment = 0; segment < 15; segment += 1) write(8);
    expect((await run(['ship', '--to', receiver.url])).code).toBe(0);
    const segments = listSegments(folder);
    expect(await verifyRecord(folder, { heads: receiver.heads() })).toMatchObject({ ok: true });
    const missed: string[] = [];
    for (const segment of segments) {
      const before = readFileSync(segment.path);
      attack(segment);
      const { problems } = await verifyRecord(folder, { heads: receiver.heads() });
      const seen = problems.some(({ segment: at, by }) => at === segment.writer && by === 'head');
      if (!seen) missed.push(segment.writer);
      writeFileSync(segment.path, before);
    }
    expect(segments).toHaveLength(15);
    expect(missed).toEqual([]);
  },
);
