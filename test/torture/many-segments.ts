import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { loadHostKey } from '../../core/audit/index.ts';
import { checkpointLeaf, originOf, signCheckpoint } from '../../core/audit/checkpoint.ts';
import { formatPrevious } from '../../core/audit/claims.ts';
import type { Claim } from '../../core/audit/claims.ts';
import { eventText, identityText } from '../../core/audit/event-text.ts';
import type { NewEvent } from '../../core/audit/index.ts';
import { buildLine, NO_HEAD, openingOf, timeText } from '../../core/audit/line.ts';
import { keptPath, monthName, segmentName } from '../../core/audit/list-segments.ts';
import { rootOver } from '../../core/audit/merkle.ts';
import { makeWriterId } from '../../core/audit/writer-id.ts';
import { join } from 'node:path';

/**
 * As if `count` hooks had run in the last `days` days: small segments, each named by the one behind it, all but
 * the last in the folders of their days. Without the syncs of a real one: these are for readers.
 */
export function makeSegments(folder: string, count: number, days = 30): void {
  const key = loadHostKey(folder);
  const identity = identityText({ host: key.host, actor: 'a@b', version: '0.1.0' });
  const from = Date.now() - days * 86_400_000;
  let previous: Omit<Claim, 'by' | 'from'> | undefined;
  for (let number = 0; number < count; number += 1) {
    const t = Math.floor(from + ((days * 86_400_000 - 60_000) * number) / count);
    const writer = makeWriterId(key.host, t, 1000);
    let head = NO_HEAD;
    let size = 0;
    let text = '';
    const add = (event: NewEvent): void => {
      const opening = `${openingOf(writer)}${size}${timeText(t + size, 0)}`;
      const line = buildLine(head, opening + eventText(event) + identity);
      ({ head } = line);
      size += 1;
      text += line.bytes.toString('utf8');
    };
    const named = previous === undefined ? {} : { previous: formatPrevious([previous]) };
    const data = { key: key.publicKey.toString('base64'), machine: 'm', boot: 'b', ...named };
    add({ kind: 'genesis', data });
    add({ kind: 'commit', path: `src/${number}.py`, data: { number } });
    const covers = { lines: size, head };
    const root = rootOver([checkpointLeaf(covers)]);
    const checkpoint = signCheckpoint({ origin: originOf(writer), size: 1, root, ...covers }, key);
    add({ kind: 'seal', data: { reason: 'close', size: size + 1, checkpoint } });
    previous = { writer, size, head, signed: 0 };
    const state = number + 1 < count ? 'kept' : 'done';
    const own = join(folder, monthName(t), segmentName(writer, 'done'));
    const file = { writer, host: key.host, start: t, pid: 1000, state, path: own } as const;
    writeFile(state === 'kept' ? keptPath(file) : own, text);
  }
}

function writeFile(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fd = openSync(path, 'wx', 0o600);
  writeSync(fd, text);
  closeSync(fd);
}
