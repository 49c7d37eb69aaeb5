import { shipRecord } from '../../core/audit/ship.ts';
import { httpTransport } from '../../hooks/ship-transport.ts';

/** Ships until it is killed: `node ship-child.ts FOLDER URL`. */
const [folder = '', url = ''] = process.argv.slice(2);

await shipRecord(folder, httpTransport(url), {
  receiver: url,
  batchBytes: 4000,
  attempts: 50,
  baseMs: 1,
  timeoutMs: 150,
});
