/** Files that were read, and hold blocks of what is indexed: no false alarms. */
interface RealCopy {
  readonly path: RegExp;
  readonly reason: string;
}

export const REAL_COPIES: readonly RealCopy[] = [
  {
    path: /\/ggml\/src\/ggml-cuda\//u,
    reason: "Candle's quantised kernels are ggml's, taken over",
  },
  {
    path: /^cudarc\/src\/(?:cublas|driver)\//u,
    reason: "Candle calls cuBLAS and makes devices by cudarc's own examples",
  },
  {
    path: /xxhash\.h$/u,
    reason: 'RocksDB carries xxHash in its own folder',
  },
  {
    path: /^qiskit\/.*(?:template_matching\/|dagdependency(?:_v2)?\.py|dagdepnode\.py)/u,
    reason:
      "PennyLane's pattern matching and commutation DAG are written after Qiskit's, as it says",
  },
  {
    path: /^@jupyterlab\/(?:completer|notebook)\/(?:src|lib)\/(?:tokens|widget)\./u,
    reason: 'the same comments of the language server protocol; Lumino events handled in its way',
  },
  {
    path: /^langium\/(?:src|lib)\/utils\/promise-utils\./u,
    reason: 'Deferred, with its comment, of the same authors',
  },
  {
    path: /^@lumino\/widgets\//u,
    reason: 'Theia took over methods of Lumino widgets (menus, docks, tabs), with a link to them',
  },
];

export const realCopyReason = (path: string): string | undefined =>
  REAL_COPIES.find((one) => one.path.test(path))?.reason;
