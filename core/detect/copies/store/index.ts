/** How an index of classified files is kept, opened, exported and imported. */
export { type IndexSet, openCatalogue, type OpenIndex, type UnreadableIndex } from './catalogue.ts';
export type { ExactSource, ExactTier } from './exact-tier.ts';
export { exportIndex, type ExportOptions } from './export-index.ts';
export type { Generation } from './generation-file.ts';
export { importIndex, type Imported, type ImportOptions } from './import-index.ts';
export {
  currentOf,
  folderOf,
  makeIndexFolder,
  nextCounter,
  readGeneration,
  readManifest,
  sweepFolder,
  writeGeneration,
} from './index-folder.ts';
export { indexIdOf, publicKeyOf } from './index-identity.ts';
export type { FileStamp, FileVersion, Manifest, RegisteredFile } from './manifest.ts';
export type { IndexSecrets } from './secret.ts';
export { addSecret, makeSecrets, sourceId } from './secret.ts';
export type { UnwrapWith, WrapFor } from './wrap-key.ts';
