import { createCipheriv } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run, wallSeconds } from './alternate.ts';
import { COMMAND } from './hook-start.ts';
import { initRepository, runGitIn } from './make-history.ts';
import type { Row } from './row.ts';
import { inScratch } from './scratch.ts';
import type { Watched } from './watch-process.ts';

const GB = 1e9;
const MIB = 1024 * 1024;
const LARGE = 10 * GB;
/** Noise takes real disk, and a git blob takes git minutes: the full size only where asked for. */
const isFull = process.env['BENCH_FULL'] === '1';
const NOISE = isFull ? LARGE : 2 * GB;
const BLOB = isFull ? LARGE : GB;
const MOST_MEMORY = { atMost: 256 };

/** Content far larger than memory: what is read of it, and what it takes. */
export function benchLargeFiles(): Promise<Row[]> {
  return inScratch(async (dir) => {
    const rows: Row[] = [];
    const tiny = join(dir, 'tiny.txt');
    writeFileSync(tiny, 'tiny\n');
    const idle = (await watch(dir, ['scan', tiny], [0])).watched;

    const weights = join(dir, 'model.safetensors');
    makeSafetensors(weights, LARGE);
    const stopped = await watch(dir, ['scan', weights], [1]);
    const read = (stopped.watched.readBytes ?? Number.NaN) - (idle.readBytes ?? Number.NaN);
    rows.push({
      what: `safetensors of ${size(LARGE)}, blocked: bytes read`,
      ours: Number.isNaN(read) ? 'not counted here' : `${(read / 1024).toFixed(0)} KiB`,
      against: '1 MiB',
      ...(!Number.isNaN(read) && { value: read / MIB, target: { atMost: 1 } }),
    });
    rows.push(memoryRow(`safetensors of ${size(LARGE)}`, stopped));

    const zeros = join(dir, 'zeros.bin');
    writeFileSync(zeros, '');
    truncateSync(zeros, LARGE);
    rows.push(memoryRow(`zeros, ${size(LARGE)}`, await watch(dir, ['scan', zeros], [0, 1, 4])));

    const noise = join(dir, 'noise.bin');
    writeNoise(noise, NOISE);
    rows.push(
      memoryRow(`unknown bytes, ${size(NOISE)}`, await watch(dir, ['scan', noise], [0, 1, 4])),
    );

    rows.push(memoryRow(`push of a blob of ${size(BLOB)}`, await watchPush(dir)));
    return rows;
  });
}

interface Watching {
  readonly watched: Watched;
  readonly seconds: number;
  readonly code: number;
}

async function watch(
  dir: string,
  args: readonly string[],
  okCodes: readonly number[],
  input = '',
): Promise<Watching> {
  const told = join(dir, 'watched.json');
  const watcher = pathToFileURL(join(import.meta.dirname, 'watch-process.ts')).href;
  let code = -1;
  const seconds = await wallSeconds(() => {
    code = run(process.execPath, ['--import', watcher, COMMAND, ...args], {
      cwd: dir,
      okCodes,
      input,
      env: { ...process.env, BENCH_WATCH: told, CORDON_OFFLINE: '1' },
    });
  });
  return { watched: JSON.parse(readFileSync(told, 'utf8')) as Watched, seconds, code };
}

function memoryRow(what: string, { watched, seconds, code }: Watching): Row {
  const megabytes = watched.residentBytes / 1e6;
  return {
    what: `${what}: memory`,
    ours: `${megabytes.toFixed(0)} MB (${seconds.toFixed(1)} s, exit ${code})`,
    against: '256 MB',
    value: megabytes,
    target: MOST_MEMORY,
  };
}

const size = (bytes: number): string => `${bytes / GB} GB`;

/** A valid header, and a payload of zeros that takes no disk. */
function makeSafetensors(file: string, bytes: number): void {
  const layers = 400;
  const each = Math.floor(bytes / layers / 2) * 2;
  const header: Record<string, object> = {};
  for (let layer = 0; layer < layers; layer += 1) {
    header[`model.layers.${layer}.mlp.down_proj.weight`] = {
      dtype: 'BF16',
      shape: [each / 2],
      data_offsets: [layer * each, (layer + 1) * each],
    };
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(file, Buffer.concat([length, json]));
  truncateSync(file, 8 + json.length + layers * each);
}

/** Bytes that look like nothing, the same in every run. */
function writeNoise(file: string, bytes: number): void {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, 1), Buffer.alloc(16));
  const zeros = Buffer.alloc(8 * MIB);
  const fd = openSync(file, 'wx');
  try {
    for (let left = bytes; left > 0; left -= zeros.length) {
      writeSync(fd, cipher.update(zeros.subarray(0, Math.min(left, zeros.length))));
    }
  } finally {
    closeSync(fd);
  }
}

async function watchPush(dir: string): Promise<Watching> {
  const repo = join(dir, 'repo');
  mkdirSync(repo);
  initRepository(repo);
  runGitIn(repo, ['commit', '-q', '--allow-empty', '-m', 'first']);
  const before = runGitIn(repo, ['rev-parse', 'HEAD']);
  writeNoise(join(repo, 'data.bin'), BLOB);
  runGitIn(repo, ['-c', 'core.bigFileThreshold=1m', '-c', 'core.compression=0', 'add', '.']);
  runGitIn(repo, ['commit', '-qm', 'second']);
  const after = runGitIn(repo, ['rev-parse', 'HEAD']);
  const line = `refs/heads/main ${after} refs/heads/main ${before}\n`;
  const url = 'https://git.example.invalid/team/repo.git';
  return watch(repo, ['hook', 'pre-push', 'origin', url], [0, 1, 4], line);
}
