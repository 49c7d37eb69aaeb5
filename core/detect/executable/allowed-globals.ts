/**
 * What pickles of data, arrays and models name when honest tools write them, found by saving such
 * objects and reading the names. Everything else is told: lists of what is evil were met one gadget
 * at a time, for years. Only callables that build values stand here, none that runs, opens, imports,
 * or calls what it is given unseen.
 */

/** Names by module; every one is judged alone, so none may be dotted. */
const EXACT: Readonly<Record<string, string>> = {
  builtins:
    'object set frozenset list dict tuple bytearray bytes complex slice range int float bool str Ellipsis NotImplemented None',
  __builtin__:
    'object set frozenset list dict tuple bytearray bytes complex slice xrange int long float bool str unicode Ellipsis NotImplemented',
  _codecs: 'encode',
  copyreg: '_reconstructor',
  copy_reg: '_reconstructor',
  collections: 'OrderedDict defaultdict Counter deque',
  datetime: 'date datetime time timedelta timezone',
  decimal: 'Decimal',
  fractions: 'Fraction',
  uuid: 'UUID',
  pathlib: 'Path PosixPath WindowsPath PurePath PurePosixPath PureWindowsPath',
  argparse: 'Namespace',
  types: 'SimpleNamespace',
  array: 'array _array_reconstructor',
  re: '_compile',
  io: 'BytesIO StringIO',
  _io: 'BytesIO StringIO',
  random: 'Random',
  time: 'struct_time',
  zoneinfo: 'ZoneInfo',
  numpy:
    'dtype ndarray matrix recarray record void generic number integer floating bool_ bool str_ bytes_ unicode_ string_ object_ float16 float32 float64 float128 longdouble half single double int8 int16 int32 int64 uint8 uint16 uint32 uint64 intc intp int_ uint uintc ulonglong longlong complex64 complex128 datetime64 timedelta64 ' +
    'abs absolute add cos divide exp expm1 log log10 log1p log2 maximum mean median minimum multiply negative sign sin sqrt square std subtract sum tanh var float int',
  'numpy.core.multiarray': '_reconstruct scalar',
  'numpy._core.multiarray': '_reconstruct scalar',
  'numpy.core._internal': '_reconstruct',
  'numpy.core.numeric': '_frombuffer',
  'numpy._core.numeric': '_frombuffer',
  'numpy.core.records': 'recarray record',
  'numpy.rec': 'recarray record',
  'numpy.matrixlib.defmatrix': 'matrix',
  'numpy.ma.core': '_mareconstruct MaskedArray',
  'numpy.random._pickle': '__bit_generator_ctor __generator_ctor __randomstate_ctor',
  'numpy.random': '__RandomState_ctor',
  'numpy.random.mtrand': '__RandomState_ctor RandomState',
  'numpy.random._mt19937': 'MT19937',
  'numpy.random._pcg64': 'PCG64 PCG64DXSM',
  'numpy.random._philox': 'Philox',
  'numpy.random._sfc64': 'SFC64',
  'numpy.random.bit_generator': 'SeedSequence __pyx_unpickle_SeedSequence',
  'numpy.random._bit_generator': 'SeedSequence __pyx_unpickle_SeedSequence',
  torch:
    'Size device dtype Tensor Generator float float16 float32 float64 half double bfloat16 int int8 int16 int32 int64 long short uint8 uint16 uint32 uint64 bool complex32 complex64 complex128 cfloat cdouble qint8 quint8 qint32 quint4x2 quint2x4 float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz strided sparse_coo sparse_csr sparse_csc sparse_bsr sparse_bsc per_tensor_affine per_channel_affine per_tensor_symmetric per_channel_symmetric per_channel_affine_float_qparams contiguous_format channels_last preserve_format relu sigmoid softmax tanh',
  'torch._utils':
    '_rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter _rebuild_parameter_with_state _rebuild_qtensor _rebuild_sparse_tensor _rebuild_sparse_csr_tensor _rebuild_device_tensor_from_numpy _rebuild_device_tensor_from_cpu_tensor _rebuild_meta_tensor_no_storage _rebuild_nested_tensor',
  'torch._tensor': '_rebuild_from_type _rebuild_from_type_v2 Tensor',
  'torch.tensor': '_rebuild_from_type Tensor',
  'torch.nn.parameter': 'Parameter Buffer UninitializedParameter UninitializedBuffer',
  'torch.serialization': '_get_layout',
  // It loads what it is given as a model: the bytes are walked as a pickle of their own.
  'torch.storage': '_load_from_bytes UntypedStorage TypedStorage',
  'torch.jit._pickle':
    'build_intlist build_tensorlist build_doublelist build_boollist build_tensor_from_id restore_type_tag',
  'torch.nn.functional':
    'relu gelu silu elu selu celu mish tanh sigmoid softmax log_softmax leaky_relu hardswish hardtanh softplus relu6 glu cross_entropy mse_loss binary_cross_entropy binary_cross_entropy_with_logits l1_loss smooth_l1_loss',
  'torch._C._nn': 'gelu silu mish hardswish elu leaky_relu',
  'torch.distributed.checkpoint.filesystem': '_StorageInfo _StoragePrefix',
  'joblib.numpy_pickle': 'NumpyArrayWrapper NDArrayWrapper ZNDArrayWrapper',
  'sklearn.tree._tree': 'Tree',
  'sklearn.metrics._dist_metrics': 'newObj',
  'sklearn.neighbors._dist_metrics': 'newObj',
  'sklearn.neighbors._kd_tree': 'newObj',
  'sklearn.neighbors._ball_tree': 'newObj',
  'sklearn.feature_selection._univariate_selection': 'f_classif f_regression chi2',
  'sklearn.utils': 'Bunch',
  'pandas.core.indexes.base': '_new_Index Index',
  'pandas.core.internals.blocks': 'new_block',
  'pandas._libs.internals': '_unpickle_block BlockManager',
  'pandas._libs.arrays': '__pyx_unpickle_NDArrayBacked NDArrayBacked',
  'pandas._libs.tslibs.timestamps': 'Timestamp _unpickle_timestamp',
  'pandas._libs.tslibs.timedeltas': 'Timedelta _timedelta_unpickle',
  'pandas._libs.tslibs.nattype': 'NaTType _nat_unpickle',
  'pandas._libs.missing': 'NAType NA',
  'scipy.sparse': 'csr_matrix csc_matrix coo_matrix bsr_matrix dia_matrix dok_matrix lil_matrix',
  'scipy.sparse._csr': 'csr_matrix csr_array',
  'scipy.sparse._csc': 'csc_matrix csc_array',
  'scipy.sparse._coo': 'coo_matrix coo_array',
  'scipy.sparse.csr': 'csr_matrix',
  'scipy.sparse.csc': 'csc_matrix',
  'scipy.sparse.coo': 'coo_matrix',
  'jax._src.array': '_reconstruct_array',
};

/** Packages of which every class (`CamelCase`) may be named: layers, optimizers, estimators. */
const CLASSES_OF: readonly string[] = [
  'numpy.polynomial',
  'torch.nn.modules',
  'torch.nn.quantized.modules',
  'torch.nn.intrinsic.modules',
  'torch.ao.nn',
  'torch.ao.quantization.observer',
  'torch.optim',
  'torch.distributed.checkpoint.metadata',
  'torch.distributed._shard.metadata',
  'torch.distributed._shard.sharded_tensor.metadata',
  'torchvision.models',
  'torchvision.ops',
  'pandas.core',
  'xgboost.core',
  'xgboost.sklearn',
  'lightgbm.basic',
  'lightgbm.sklearn',
  'catboost.core',
  ...[
    '_loss',
    'calibration',
    'cluster',
    'compose',
    'covariance',
    'cross_decomposition',
    'decomposition',
    'discriminant_analysis',
    'dummy',
    'ensemble',
    'feature_extraction',
    'feature_selection',
    'gaussian_process',
    'impute',
    'isotonic',
    'kernel_approximation',
    'kernel_ridge',
    'linear_model',
    'manifold',
    'mixture',
    'model_selection',
    'multiclass',
    'multioutput',
    'naive_bayes',
    'neighbors',
    'neural_network',
    'pipeline',
    'preprocessing',
    'random_projection',
    'semi_supervised',
    'svm',
    'tree',
  ].map((name) => `sklearn.${name}`),
];

const allowed: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(EXACT).map(([module, names]) => [module, new Set(names.split(' '))]),
);

/** Whether loading a model or data may name this. A dotted name reaches through objects: never. */
export function isAllowed(module: string, name: string): boolean {
  if (allowed.get(module)?.has(name)) return true;
  if (!isIdentifier(name)) return false;
  if (module === 'torch' || module === 'torch.cuda') return name.endsWith('Storage');
  // TorchScript's own classes live in the archive and are no Python.
  if (module === '__torch__' || module.startsWith('__torch__.')) return true;
  return isClassName(name) && CLASSES_OF.some((parent) => isWithin(module, parent));
}

function isWithin(module: string, parent: string): boolean {
  return module === parent || module.startsWith(`${parent}.`);
}

export function isClassName(name: string): boolean {
  const first = name[0] === '_' ? name[1] : name[0];
  return isIdentifier(name) && first !== undefined && first >= 'A' && first <= 'Z';
}

function isIdentifier(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}
