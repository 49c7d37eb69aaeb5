// How a rule's id is written out: `aws-access-key` is "AWS access key".
const WORDS: Readonly<Record<string, string>> = {
  age: 'age',
  ai: 'AI',
  api: 'API',
  assemblyai: 'AssemblyAI',
  aws: 'AWS',
  digitalocean: 'DigitalOcean',
  dingtalk: 'DingTalk',
  elevenlabs: 'ElevenLabs',
  github: 'GitHub',
  gitlab: 'GitLab',
  huggingface: 'Hugging Face',
  json: 'JSON',
  jwt: 'JWT',
  langsmith: 'LangSmith',
  minimax: 'MiniMax',
  modelscope: 'ModelScope',
  netrc: 'netrc',
  npm: 'npm',
  nvidia: 'NVIDIA',
  oauth: 'OAuth',
  openai: 'OpenAI',
  openrouter: 'OpenRouter',
  openssh: 'OpenSSH',
  pgp: 'PGP',
  pypi: 'PyPI',
  runpod: 'RunPod',
  sas: 'SAS',
  ssh: 'SSH',
  url: 'URL',
  wandb: 'W&B',
  wecom: 'WeCom',
  xai: 'xAI',
};

/** A rule's id as words, at the head of a sentence. */
export function ruleName(rule: string): string {
  const words = rule
    .split('-')
    .map((word) => (Object.hasOwn(WORDS, word) ? (WORDS[word] ?? word) : word))
    .join(' ');
  return Object.hasOwn(WORDS, rule.split('-')[0] ?? '')
    ? words
    : words.slice(0, 1).toUpperCase() + words.slice(1);
}

const FORMATS: Readonly<Record<string, string>> = {
  ggml: 'GGML',
  gguf: 'GGUF',
  hdf5: 'HDF5',
  'headerless-tensors': 'raw tensors',
  npy: 'NumPy',
  onnx: 'ONNX',
  'pytorch-legacy': 'PyTorch, old format',
  'pytorch-zip': 'PyTorch',
  tflite: 'TensorFlow Lite',
  'weights-name': 'a name of weights',
};

/** The name of a weights format, within a sentence. */
export const formatName = (rule: string): string =>
  Object.hasOwn(FORMATS, rule) ? (FORMATS[rule] ?? rule) : rule;
