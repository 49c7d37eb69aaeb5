/**
 * Goes through the record in one way and tells how many events that were and the most memory it took, in kB:
 *
 *     node test/torture/walk-process.ts FOLDER verify
 */
import { readRecord, verifyRecord } from '../../core/audit/index.ts';
import { EXPORT_FORMATS, exportEvent } from '../../core/audit/export.ts';
import { statedHead } from '../../core/audit/line.ts';
import { formatNote } from '../../core/audit/note.ts';
import { readLastEvents } from '../../core/audit/read-last.ts';
import { headText } from '../../core/audit/ship-head.ts';
import { shipRecord } from '../../core/audit/ship.ts';
import { WALKS, type Walk } from './memory.ts';

const walks: Readonly<Record<Walk, (folder: string) => Promise<number>>> = {
  async verify(folder) {
    const { ok, events, problems } = await verifyRecord(folder);
    if (!ok) throw new Error(JSON.stringify(problems));
    return events;
  },
  async read(folder) {
    let seen = 0;
    for await (const _ of readRecord(folder)) seen += 1;
    return seen;
  },
  async export(folder) {
    let seen = 0;
    let length = 0;
    for await (const event of readRecord(folder)) {
      const format = EXPORT_FORMATS[seen % EXPORT_FORMATS.length] ?? 'jsonl';
      length += exportEvent(event, format).length;
      seen += 1;
    }
    if (length < seen) throw new Error('nothing was exported');
    return seen;
  },
  tail: async (folder) => (await readLastEvents(folder, 20)).length,
  async ship(folder) {
    // A receiver that believes everything: its signature is not asked for.
    const signature = Buffer.alloc(64);
    const { lines, alarms } = await shipRecord(
      folder,
      ({ what, writer, from, body }) => {
        if (what === 'checkpoints') {
          return Promise.resolve({ status: 200, next: from + body.length });
        }
        let next = from;
        for (let at = body.indexOf(0x0a); at !== -1; at = body.indexOf(0x0a, at + 1)) next += 1;
        const last = body.subarray(body.lastIndexOf(0x0a, -2) + 1);
        const text = headText({ writer, size: next, head: statedHead(last) ?? '' });
        const signatures = [{ name: 'r', keyId: Buffer.alloc(4), signature }];
        return Promise.resolve({ status: 200, next, note: formatNote({ text, signatures }) });
      },
      { receiver: 'r' },
    );
    if (alarms.length > 0) throw new Error(JSON.stringify(alarms));
    return lines;
  },
};

const [folder, what] = process.argv.slice(2);
const walk = WALKS.find((one) => one === what);
if (folder === undefined || walk === undefined) throw new Error(`one of ${WALKS.join(', ')}`);
const seen = await walks[walk](folder);
process.stdout.write(JSON.stringify({ seen, peak: process.resourceUsage().maxRSS }));
