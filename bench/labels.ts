import { Minimatch } from 'minimatch';
import { compilePolicy } from '../core/policy/compile-policy.ts';
import { parsePolicy } from '../core/policy/index.ts';
import { alternate } from './alternate.ts';
import type { Row } from './row.ts';

const PATHS = 1_000_000;
/** minimatch is asked about every so many of them: a hundred globs on all would take a minute a round. */
const SHARE = 25;

/** What a lab marks: folders mostly, some kinds of file, some names, and globs of every other shape. */
function globs(): string[] {
  const teams = ['alignment', 'pretrain', 'posttrain', 'inference', 'data', 'evals', 'kernels'];
  return [
    ...teams.flatMap((team) => [
      `research/${team}/**`,
      `src/${team}/model/**`,
      `configs/${team}/**`,
      `experiments/${team}/2026/**`,
      `notebooks/${team}/**`,
    ]),
    ...['safetensors', 'gguf', 'ckpt', 'pt', 'pth', 'onnx', 'npz', 'h5', 'tfrecord', 'parquet'].map(
      (ending) => `**/*.${ending}`,
    ),
    ...['tokenizer.json', 'merges.txt', 'vocab.bpe', 'optimizer_states', 'wandb.key'].map(
      (name) => `**/${name}`,
    ),
    'docs/**',
    'README.md',
    'LICENSE',
    'examples/**',
    'third_party/**',
    '.github/**',
    ...teams.map((team) => `src/${team}/config.yaml`),
    ...teams.map((team) => `datasets/${team}-v2/**`),
    ...teams.slice(0, 5).map((team) => `infra/${team}/prod/**`),
    ...['core', 'lib', 'sys', 'net', 'hw', 'viz', 'opt', 'dist', 'quant', 'moe'].map(
      (part) => `packages/${part}/**`,
    ),
    'src/*/secret/**',
    'configs/**/train*.yaml',
    '**/recipes/**',
    'src/{alignment,pretrain}/losses/*.py',
    'experiments/**/results-[0-9]*.json',
    '**/*_internal.py',
    'scripts/launch-?.sh',
    '**/private/**',
    'models/+(base|chat)/**',
    'src/**/kernels/*.{cu,cuh}',
    'infra/*/terraform.tfvars',
    '**/checkpoints*/**',
    'evals/**/*.jsonl',
    'keep/**',
    '#drafts/**',
  ];
}

const FOLDERS = [
  'src',
  'research',
  'tests',
  'packages',
  'configs',
  'tools',
  'vendor',
  'docs',
  'apps',
];
const PARTS = ['pretrain', 'ui', 'core', 'model', 'utils', 'server', 'data', 'evals', 'lib', 'net'];
const ENDINGS = ['.py', '.ts', '.yaml', '.json', '.md', '.cu', '.go', '.txt', '.safetensors'];

function makePaths(count: number): string[] {
  let state = 11;
  const next = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
  return Array.from({ length: count }, (_, at) => {
    const parts = [FOLDERS[next(FOLDERS.length)] ?? ''];
    for (let depth = 1 + next(4); depth > 0; depth -= 1)
      parts.push(PARTS[next(PARTS.length)] ?? '');
    return `${parts.join('/')}/file_${at}${ENDINGS[next(ENDINGS.length)] ?? ''}`;
  });
}

/** Labels of a million paths, against asking every glob as minimatch compiles it. */
export async function benchLabels(): Promise<Row[]> {
  const all = globs();
  const text = JSON.stringify({
    version: 1,
    markings: all.map((glob, at) => ({
      paths: [glob],
      label: ['internal', 'confidential', 'restricted'][at % 3],
    })),
  });
  const policy = compilePolicy(parsePolicy(Buffer.from(text), 'policy.yaml'), 'file', 'bench');
  const options = { dot: true, nonegate: true, nocomment: true, nocase: true };
  const matchers = all.map((glob) => new Minimatch(glob, options));
  const paths = makePaths(PATHS);
  const some = paths.filter((_, at) => at % SHARE === 0);
  const label = () => {
    for (const path of paths) policy.labelOf(path);
  };
  let matches = 0;
  const took = await alternate(5, label, () => {
    for (const path of some) for (const one of matchers) if (one.match(path)) matches += 1;
  });
  if (matches === 0) throw new Error('no path is marked: that is no bench');
  return [
    {
      what: `labels of ${PATHS} paths, ${all.length} markings`,
      ours: `${took.ours.toFixed(2)} s`,
      against: `minimatch, each: ${(took.against * SHARE).toFixed(1)} s`,
      ratio: took.ratio / SHARE,
      target: { atMost: 0.2 },
    },
  ];
}
