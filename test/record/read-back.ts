import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readRecord, type StoredEvent } from '../../core/audit/index.ts';

/** The record of whoever has this home folder. */
export const recordOf = (home: string): string => join(home, '.local/state/cordon/record');

/** Every event of a record but what it says of its own segments, the oldest first. */
export async function readBack(folder: string): Promise<StoredEvent[]> {
  const events: StoredEvent[] = [];
  if (!existsSync(folder)) return events;
  for await (const event of readRecord(folder)) {
    if (event.kind !== 'genesis' && event.kind !== 'seal' && event.kind !== 'orphan') {
      events.push(event);
    }
  }
  return events;
}

/** `kind verdict circumstances`, one an event: what most tests ask. */
export const briefly = (events: readonly StoredEvent[]): string[] =>
  events.map(({ kind, verdict, circumstances = [] }) =>
    [kind, verdict, ...circumstances.filter((word) => !surroundings.has(word))]
      .filter(Boolean)
      .join(' '),
  );

/** What every test's own surroundings are. */
const surroundings = new Set([
  'state-moved',
  'git-config-moved',
  'git-config-env',
  'ci',
  'offline',
]);
