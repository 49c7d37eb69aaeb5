/** Verifies and reads the record in the folder given, and tells by how much its memory grew. */
import { readRecord, verifyRecord } from '../../core/audit/index.ts';

const [folder = ''] = process.argv.slice(2);
const before = process.memoryUsage.rss();
let most = before;
const look = (): void => {
  most = Math.max(most, process.memoryUsage.rss());
};
const report = await verifyRecord(folder, { onProgress: look });
if (!report.ok) throw new Error(JSON.stringify(report.problems));
let seen = 0;
for await (const _ of readRecord(folder)) {
  seen += 1;
  if (seen % 1000 === 0) look();
}
process.stdout.write(JSON.stringify({ grown: most - before, seen }));
