/** Hooks put in and taken out: what `cordon init`, `init --server` and `uninstall` do. */
export { initRepository } from './init-repository.ts';
export type { InitOptions, InitResult, Note } from './init-repository.ts';
export { installServer } from './install-server.ts';
export type { ServerLayout, ServerOptions, ServerResult } from './install-server.ts';
export { uninstallRepository } from './uninstall.ts';
export type { UninstallResult } from './uninstall.ts';
