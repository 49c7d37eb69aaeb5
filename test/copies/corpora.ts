import {
  CPP,
  CUDA,
  GO,
  JAVA,
  PYTHON,
  RUST,
  SHELL,
  TYPESCRIPT,
  YAML,
  type Language,
} from './language.ts';

/** Where a package comes from. `here` is this repository's node_modules. */
export type Registry = 'pypi' | 'npm' | 'crates' | 'go' | 'maven' | 'debian' | 'here';

/** `name@version`; a maven name is `group:artifact`. */
export interface Package {
  readonly registry: Registry;
  readonly name: string;
  readonly version: string;
}

/** Which packages play which part: no package plays two of one language. */
export interface Corpora {
  readonly id: string;
  /** How its tables are headed. */
  readonly title: string;
  readonly language: Language;
  /** The project whose code is classified. */
  readonly indexed: readonly Package[];
  /** Paths of these only: code that stands in them but is others' is none of the project's. */
  readonly indexedPaths?: RegExp;
  /** Code of others that the copies are pasted into. */
  readonly carriers: readonly Package[];
  /** What also stands here is public. */
  readonly background: readonly Package[];
  /** What the thresholds are lifted on. */
  readonly calibration: readonly Package[];
  /** Files asked about of one package, at most. Default: 4,000. */
  readonly mostFiles?: number;
  /** Code that neither index, background nor calibration ever saw. */
  readonly negatives: readonly Package[];
}

const from =
  (registry: Registry) =>
  (list: string): Package[] =>
    list.split(/\s+/u).map((entry) => {
      const at = entry.lastIndexOf('@');
      return { registry, name: entry.slice(0, at), version: entry.slice(at + 1) };
    });

const pypi = from('pypi');
const npm = from('npm');
const crates = from('crates');
const go = from('go');
const maven = from('maven');
const debian = from('debian');

const HERE: Package = { registry: 'here', name: 'node_modules', version: '' };

const PYTHON_BACKGROUND = pypi(
  'transformers@5.24.0 numpy@2.4.6 scipy@1.17.1 pandas@3.1.1 scikit_learn@1.9.1 matplotlib@3.11.2 django@5.2.19 keras@3.15.1 jax@0.10.2 flax@0.12.8 pytorch_lightning@2.6.6 timm@1.0.31 torchvision@0.29.2 accelerate@1.15.0 peft@0.21.2',
);

const PYTHON_CALIBRATION = pypi(
  'homeassistant@2024.3.3 sktime@1.2.0 keras_hub@0.32.0 torch_geometric@2.8.1 gluonts@0.17.0',
);

const PYTHON_NEGATIVES = pypi(
  'ansible@12.3.0 apache_superset@6.1.0 ase@3.29.0 astropy@8.0.2 biopython@1.88 bokeh@3.9.2 botorch@0.18.1 catalyst@22.4 cirq_core@1.7.0 darts@0.48.1 dask@2026.8.0 deepspeed@0.3.1.dev5 diffusers@0.42.1 espnet@202511 gensim@4.4.0 google_cloud_aiplatform@2.7.0 gpytorch@1.15.2 gradio@6.31.0 haystack_ai@3.4.1 kubernetes@37.0.2 langchain_community@0.4.2 llama_index_core@0.14.25 mlflow@3.18.0 mmdet@3.3.0 modelscope@1.40.2 ms_swift@4.6.0 mypy@2.4.1 nltk@3.10.4 oci@2.189.0 paddlenlp@2.8.1 pylint@4.1.4 pymatgen@2026.10.24 pymc@5.28.5 pyro_ppl@1.9.2 qiskit@2.6.2 stable_baselines3@2.9.2 statsmodels@0.15.0 streamlit@1.67.0 tensor2tensor@1.15.7 tensorflow_probability@0.25.0 trax@1.4.1 ultralytics@8.4.190',
);

export const CORPORA: readonly Corpora[] = [
  {
    id: 'python',
    title: 'Python',
    language: PYTHON,
    indexed: pypi('pennylane@0.45.1'),
    carriers: pypi('scrapy@2.19.0 sqlalchemy@2.1.9 wagtail@8.0.1'),
    background: PYTHON_BACKGROUND,
    calibration: PYTHON_CALIBRATION,
    negatives: PYTHON_NEGATIVES,
  },
  {
    id: 'ml',
    title:
      "Python, a laboratory's own kind: public ML code, which other packages really copied from",
    language: PYTHON,
    indexed: pypi('nemo_toolkit@3.0.0 megatron_core@0.16.1 monai@1.6.1 speechbrain@1.1.2'),
    carriers: pypi('scrapy@2.19.0 sqlalchemy@2.1.9 wagtail@8.0.1'),
    background: PYTHON_BACKGROUND,
    calibration: PYTHON_CALIBRATION,
    negatives: PYTHON_NEGATIVES,
  },
  {
    id: 'typescript',
    title: 'TypeScript',
    language: TYPESCRIPT,
    indexed: npm(
      '@theia/core@1.75.0 @theia/plugin-ext@1.75.0 @theia/monaco@1.75.0 @theia/debug@1.75.0 @theia/filesystem@1.75.0 @theia/workspace@1.75.0 @theia/task@1.74.1 @theia/terminal@1.75.0 @theia/ai-core@1.74.1 @theia/ai-chat@1.74.1 @theia/ai-ide@1.74.1 @theia/scm@1.75.0 @theia/git@1.32.0 @theia/search-in-workspace@1.75.0 @theia/navigator@1.75.0 @theia/notebook@1.74.1 @theia/editor@1.75.0 @theia/preferences@1.75.0 @theia/vsx-registry@1.74.1 @theia/ai-mcp@1.74.1',
    ),
    carriers: npm('rxjs@7.8.2 hardhat@3.18.0 @reduxjs/toolkit@2.14.0 chevrotain@11.2.0'),
    background: [
      HERE,
      ...npm(
        'typescript@5.9.3 next@16.4.6 @angular/core@21.2.26 react-native@0.86.3 typeorm@1.1.1 @aws-sdk/client-s3@3.1175.0 gatsby@5.16.1 @apollo/client@4.3.8',
      ),
    ],
    calibration: npm('playcanvas@2.23.3 @ionic/core@9.0.5 expo@57.0.26 expo-router@58.0.6'),
    negatives: npm(
      'effect@4.1.0 viem@2.57.20 maplibre-gl@6.17.0 tldraw@5.1.1 @tldraw/editor@5.1.1 ethers@6.17.0 langium@4.4.0 @deck.gl/core@9.4.0 @deck.gl/layers@9.4.0 @luma.gl/core@9.4.2 @luma.gl/webgl@9.4.2 @loaders.gl/core@4.5.4 @jupyterlab/notebook@4.6.6 @jupyterlab/apputils@4.7.6 @jupyterlab/services@7.6.6 @jupyterlab/completer@4.6.6 @jupyterlab/debugger@4.6.4 @lumino/widgets@2.10.0 @trpc/server@11.25.2 @trpc/client@11.25.2 @tanstack/query-core@5.108.0 @tanstack/router-core@1.171.39 @tanstack/table-core@9.3.1 @huggingface/hub@2.17.5 @huggingface/inference@4.13.30 @tensorflow/tfjs-core@4.22.0 @tensorflow/tfjs-layers@4.22.0 @langchain/core@1.4.0 @nestjs/core@12.5.1 sequelize@6.37.8 @babylonjs/core@9.35.0 mathjs@15.2.0',
    ),
  },
  {
    id: 'cpp',
    title: 'C and C++',
    language: CPP,
    indexed: crates('librocksdb-sys@6.20.3'),
    indexedPaths: /\/rocksdb\/(?!third-party\/|util\/xxh|utilities\/transactions\/lock\/range\/)/u,
    carriers: crates('libgit2-sys@0.18.8+1.9.7'),
    background: pypi('numpy@2.4.6 scipy@1.17.1 pandas@3.1.1'),
    calibration: crates('whisper-rs-sys@0.15.0'),
    mostFiles: 14_000,
    negatives: [
      ...debian('linux-source-6.1@6.1.192'),
      ...crates('grpcio-sys@0.13.0+1.56.2-patched'),
    ],
  },
  {
    id: 'cuda',
    title: 'CUDA',
    language: CUDA,
    indexed: crates('candle-kernels@0.11.1 candle-flash-attn@0.11.1'),
    carriers: pypi('paddlenlp@2.8.1'),
    background: pypi('numpy@2.4.6'),
    calibration: [],
    negatives: crates('whisper-rs-sys@0.15.0'),
  },
  {
    id: 'rust',
    title: 'Rust',
    language: RUST,
    indexed: crates(
      'candle-core@0.11.1 candle-nn@0.11.1 candle-transformers@0.11.1 burn-core@0.22.1 burn-tensor@0.22.1 burn-backend@0.22.1',
    ),
    carriers: crates('tokio@1.54.1 axum@0.8.9'),
    background: [],
    calibration: [],
    negatives: crates(
      'datafusion@55.2.0 datafusion-common@55.2.0 datafusion-datasource@55.2.0 datafusion-execution@55.2.0 datafusion-expr@55.2.0 datafusion-functions@55.2.0 datafusion-functions-aggregate@55.2.0 datafusion-optimizer@55.2.0 datafusion-physical-expr@55.2.0 datafusion-physical-plan@55.2.0 bevy_ecs@0.20.1 bevy_reflect@0.20.1 bevy_tasks@0.20.1 cudarc@0.19.10',
    ),
  },
  {
    id: 'go',
    title: 'Go',
    language: GO,
    indexed: go('github.com/prometheus/prometheus@v0.316.0'),
    carriers: go('github.com/gin-gonic/gin@v1.12.0 github.com/etcd-io/bbolt@v1.5.0'),
    background: go('github.com/containerd/containerd@v1.7.35'),
    calibration: [],
    negatives: go('k8s.io/kubernetes@v1.37.2'),
  },
  {
    id: 'java',
    title: 'Java',
    language: JAVA,
    indexed: maven('org.apache.lucene:lucene-core@9.10.0'),
    carriers: maven('org.springframework:spring-web@6.1.5'),
    background: maven('com.google.guava:guava@33.0.0-jre org.springframework:spring-core@6.1.5'),
    calibration: [],
    negatives: maven(
      'org.apache.hadoop:hadoop-common@3.3.6 org.apache.kafka:kafka-clients@3.7.0 org.apache.commons:commons-math3@3.6.1 org.hibernate.orm:hibernate-core@6.4.4.Final org.apache.calcite:calcite-core@1.36.0 org.apache.flink:flink-core@1.18.1',
    ),
  },
  {
    id: 'shell',
    title: 'Shell',
    language: SHELL,
    indexed: debian('linux-source-6.1@6.1.192'),
    carriers: go('github.com/containerd/containerd@v1.7.35'),
    background: go('github.com/prometheus/prometheus@v0.316.0'),
    calibration: [],
    negatives: go('k8s.io/kubernetes@v1.37.2'),
  },
  {
    id: 'yaml',
    title: 'YAML',
    language: YAML,
    indexed: pypi('ansible@12.3.0'),
    carriers: pypi('homeassistant@2024.3.3'),
    background: go('github.com/prometheus/prometheus@v0.316.0'),
    calibration: [],
    negatives: debian('linux-source-6.1@6.1.192'),
  },
];

/** The folder of a package in the cache. */
export function folderOf({ registry, name, version }: Package): string {
  const last =
    registry === 'maven' || registry === 'go' ? (name.split(/[:/]/u).at(-1) ?? name) : name;
  return `${registry}/${last.replace(/^@/u, '').replaceAll('/', '-')}-${version}`;
}
