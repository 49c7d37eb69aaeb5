/** Where content lies, and how it is read. */
export { bufferSource } from './buffer-source.ts';
export type { ByteSource } from './byte-source.ts';
export { streamSource } from './collect-source.ts';
export { fileSource } from './file-source.ts';
