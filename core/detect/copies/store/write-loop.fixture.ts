import { makeIndexFolder, nextCounter, writeGeneration } from './index-folder.ts';
import { makeSecrets } from './secret.ts';
import { fileOf, manifestOf } from './store.fixture.ts';

/** A process that registers again and again till it is killed: `node THIS FOLDER NAME`. */
const [, , folder = '', name = ''] = process.argv;
makeIndexFolder(folder);
const { secrets } = makeSecrets(folder);
const secret = secrets.secrets[0];
process.stdout.write('.');
for (let round = 0; ; round += 1) {
  const counter = nextCounter(folder, Date.now());
  const content = `${name} ${round}`;
  const manifest = manifestOf(counter, [fileOf(secret, content, content)]);
  writeGeneration(folder, secret, { manifest, text: Buffer.alloc(300_000, content) });
}
