import { statSync } from 'node:fs';
import { listSegments, readRecord } from '../core/audit/index.ts';
import { countUnshipped } from '../core/audit/ship.ts';
import { renderSummary, type RecordSummary } from '../core/report/index.ts';
import { choice, readArguments, type Parsed } from './arguments.ts';
import { logContext, policiesHere, receiverOf, type LogContext } from './log-context.ts';
import { colorOf, messagesOf } from './output.ts';

/** What the record says of its own segments: told as one number. */
const ownKinds: ReadonlySet<string> = new Set(['genesis', 'seal', 'orphan']);

/** Tells the person who asks what is kept about them, where, and who gets it. */
export async function logSummary(args: readonly string[]): Promise<number> {
  const parsed = readArguments(args, {});
  const format = choice(parsed, 'format', ['text', 'json'] as const, 'text');
  const summary = await summarise(logContext(), parsed);
  const { columns } = process.stdout;
  process.stdout.write(
    format === 'json'
      ? `${JSON.stringify({ schema: 1, ...summary }, undefined, 2)}\n`
      : renderSummary(
          summary,
          { color: colorOf(parsed, process.stdout), ...(columns !== undefined && { columns }) },
          messagesOf(parsed),
        ),
  );
  return 0;
}

async function summarise(context: LogContext, parsed: Parsed): Promise<RecordSummary> {
  const { folder, usual, actor, mine, keys } = context;
  const names = new Set(mine);
  const counts = new Map<string, { kind: string; count: number; blocked: number }>();
  let others = 0;
  let first: number | undefined;
  let last: number | undefined;
  for await (const event of readRecord(folder)) {
    if (!names.has(event.actor)) {
      others += 1;
      continue;
    }
    first ??= event.t;
    last = event.t;
    const kind = ownKinds.has(event.kind) ? 'record' : event.kind;
    const entry = counts.get(kind) ?? { kind, count: 0, blocked: 0 };
    entry.count += 1;
    if (event.verdict === 'block') entry.blocked += 1;
    counts.set(kind, entry);
  }
  const segments = listSegments(folder);
  const sizes = segments.map(({ path }) => statSync(path, { throwIfNoEntry: false })?.size ?? 0);
  const policies = await policiesHere(parsed);
  const url = policies === undefined ? undefined : receiverOf(policies);
  const later = policies?.find(({ policy }) => policy.record.ship !== undefined)?.policy.record
    .ship;
  const [key] = keys;
  const isKeyed = key !== undefined && (policies?.some(isKeyedBy) ?? true);
  return {
    actor,
    folder,
    ...(usual !== undefined && { usual }),
    segments: segments.length,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    ...(first !== undefined && last !== undefined && { first, last }),
    counts: [...counts.values()].sort((a, b) => b.count - a.count),
    others,
    ...(isKeyed && { keyed: { id: key.id, organisation: key.origin === 'organisation' } }),
    ship:
      policies === undefined
        ? undefined
        : url === undefined
          ? null
          : { url, ...countUnshipped(folder, url) },
    ...(url === undefined && later !== undefined && { shipLater: later }),
  };
}

const isKeyedBy = ({
  policy,
}: {
  readonly policy: { readonly record: { readonly privacy: string } };
}): boolean => policy.record.privacy === 'keyed';
