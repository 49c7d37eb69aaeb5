import { isAllowed, isClassName } from './allowed-globals.ts';
import { STANDARD_LIBRARY } from './standard-library.ts';

/** Packages whose classes a model may hold, but whose functions it has no need to call. */
const KNOWN_PACKAGES: ReadonlySet<string> = new Set([
  'torch',
  'torchvision',
  'torchaudio',
  'scipy',
  'pandas',
  'sklearn',
  'tensorflow',
  'keras',
  'jax',
  'xgboost',
  'lightgbm',
  'catboost',
  'transformers',
]);

/** Packages that run, install, open, fetch or rebuild: of theirs only what is allowed by name. */
const TOOLS: ReadonlySet<string> = new Set([
  '_distutils_hack',
  '_pytest',
  'IPython',
  'aiohttp',
  'boto3',
  'botocore',
  'cffi',
  'cloudpickle',
  'dill',
  'docker',
  'execnet',
  'fabric',
  'fsspec',
  'httpx',
  'invoke',
  'ipykernel',
  'joblib',
  'jsonpickle',
  'llvmlite',
  'nose',
  'numba',
  'numpy',
  'paramiko',
  'pexpect',
  'pip',
  'pkg_resources',
  'plumbum',
  'psutil',
  'ptyprocess',
  'py',
  'pyximport',
  'pytest',
  'requests',
  'rpy2',
  'setuptools',
  'sh',
  'smart_open',
  'test',
  'urllib3',
  'virtualenv',
  'yaml',
]);

/**
 * `clean`: what honest tools write. `danger`: of the standard library or a known package, and outside
 * of that. `unknown`: a third party's, which cannot be proven either way.
 */
export function gradeGlobal(module: string, name: string): 'clean' | 'unknown' | 'danger' {
  if (isAllowed(module, name)) return 'clean';
  const root = module.split('.', 1)[0] ?? '';
  if (STANDARD_LIBRARY.has(root) || TOOLS.has(root)) return 'danger';
  // An empty or relative module, or a name that reaches through attributes, is no class of anyone's.
  if (root === '' || name.includes('.')) return 'danger';
  return KNOWN_PACKAGES.has(root) && !isClassName(name) ? 'danger' : 'unknown';
}
