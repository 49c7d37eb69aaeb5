import { openSession } from './index.ts';
import { registerRepository } from './register.ts';

/** A process that registers once: `node THIS REPOSITORY DATA-FOLDER`. */
const [, , dir = '', dataFolder = ''] = process.argv;
const session = await openSession({ dir, env: process.env, budgetMs: 60_000 });
process.stdout.write('.');
const tables = {
  version: 'test 1',
  words: { bits: () => 16 },
  background: { has: () => false },
};
await registerRepository(session, { dataFolder, tables });
