import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { cordon, makeLab, policyFor } from '../support/lab.ts';
import type { RepoOptions, TestRepo } from '../support/repo.ts';

/** What laptops call the server. */
export const SERVER_URL = 'ssh://git@git.lab.example/models/alpha.git';

export interface Pair extends Disposable {
  readonly client: TestRepo;
  readonly server: TestRepo;
  /** What the last push was judged to be, from the server's own folder. */
  readonly report: () => Report;
  /** The object a ref of the server points at, or nothing. */
  readonly at: (ref: string) => string | undefined;
}

interface Report {
  readonly act: string;
  readonly verdict: string;
  readonly destination?: { readonly url: string; readonly clearance: string };
  readonly policies: readonly { readonly source: string }[];
  readonly findings: readonly {
    readonly kind: string;
    readonly rule: string;
    readonly severity: string;
    readonly path?: string;
    readonly object?: string;
    readonly ref?: string;
  }[];
}

interface PairOptions {
  readonly objectFormat?: RepoOptions['objectFormat'];
  /** What the server is cleared for. */
  readonly clearance?: string;
  readonly policy?: string | null;
  /** Whether the policy is already there before the test's own push. */
  readonly isNew?: boolean;
}

/** A laptop without any hook, and a bare repository with pre-receive, as its administrator makes it. */
export async function makePair(options: PairOptions = {}): Promise<Pair> {
  const { objectFormat = 'sha1', clearance = 'internal', isNew = false } = options;
  const { policy = policyFor({ [SERVER_URL]: clearance }) } = options;
  const server = makeLab({ bare: true, objectFormat });
  const client = makeLab({ objectFormat });
  const made = await cordon(server, ['init', '--server', '--url', SERVER_URL]);
  expect(made).toMatchObject({ code: 0, stderr: '' });
  client.addRemote('origin', server.dir);
  client.commit({
    'readme.md': 'A model.\n',
    ...(policy !== null && { '.cordon/policy.yaml': policy }),
  });
  if (!isNew) expect(await client.push('-q', 'origin', 'main')).toMatchObject({ code: 0 });
  return {
    client,
    server,
    report: () => JSON.parse(readFileSync(join(server.dir, 'cordon/last.json'), 'utf8')) as Report,
    at(ref) {
      const listed = server.git('for-each-ref', '--format=%(objectname)', ref);
      return listed === '' ? undefined : listed;
    },
    [Symbol.dispose]() {
      client.cleanup();
      server.cleanup();
    },
  };
}

/** What a push was refused for: kinds and rules, each once. */
export const blocksOf = ({ findings }: Report): string[] => [
  ...new Set(
    findings
      .filter(({ severity }) => severity === 'block')
      .map(({ kind, rule }) => `${kind} ${rule}`),
  ),
];

/** The server's own words, without the `remote: ` that git puts before them. */
export const remoteLines = (stderr: string): string[] =>
  stderr
    .split('\n')
    .filter((line) => line.startsWith('remote:'))
    .map((line) => line.replace(/^remote: ?/, '').trimEnd());

export const hasObject = (server: TestRepo, oid: string): boolean =>
  existsSync(join(server.dir, 'objects', oid.slice(0, 2), oid.slice(2))) ||
  server.git('cat-file', '--batch-all-objects', '--batch-check').includes(oid);
