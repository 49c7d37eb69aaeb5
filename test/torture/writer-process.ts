/**
 * A writer that is going to be killed: appends as fast as it can and says on standard output, after each call
 * returned, which event that was.
 *
 *     node test/torture/writer-process.ts FOLDER NAME
 */
import { writeSync } from 'node:fs';
import { openRecord } from '../../core/audit/index.ts';
import type { NewEvent } from '../../core/audit/index.ts';

const [folder = '', name = ''] = process.argv.slice(2);
const record = openRecord({ folder, identity: { actor: name, version: '0' } });

for (let number = 0; ; number += 1) {
  // Lengths of all sizes: a line is torn where it crosses a page.
  const path = `src/${'x'.repeat((number * 37) % 700)}`;
  const data = { number };
  const event: NewEvent =
    number % 20 === 3
      ? { kind: 'push', path, data, verdict: 'block' }
      : { kind: 'copy', path, data };
  if (number % 7 === 5) record.appendRead({ kind: 'open', path, data });
  else record.append(event);
  // A read is acknowledged by the call that writes the queue.
  if (number % 7 !== 5) writeSync(1, `${number}\n`);
}
