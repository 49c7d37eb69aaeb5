import { spawnSync } from 'node:child_process';
import type { TestRepo } from '../support/repo.ts';

const line = (text: string): Buffer =>
  Buffer.from(`${(Buffer.byteLength(text) + 4).toString(16).padStart(4, '0')}${text}`);

/** A push as a client that is not git would make it: any pack beside any command. */
export function sendPack(
  { client, server }: { readonly client: TestRepo; readonly server: TestRepo },
  update: { readonly ref: string; readonly from?: string; readonly to: string },
  oids: readonly string[],
): string {
  const pack = client.gitBytes(`${oids.join('\n')}\n`, 'pack-objects', '--stdout', '-q');
  const from = update.from ?? '0'.repeat(update.to.length);
  const ran = spawnSync('git', ['receive-pack', server.dir], {
    env: server.env,
    input: Buffer.concat([
      line(`${from} ${update.to} ${update.ref}\0report-status`),
      Buffer.from('0000'),
      pack,
    ]),
  });
  return ran.stdout.toString('latin1');
}

/** Writes a blob and gives its id; nothing points at it. */
export const storeObject = (repo: TestRepo, content: string | Buffer): string =>
  repo.gitBytes(content, 'hash-object', '-w', '--stdin').toString().trim();
