/** Hooks put in and taken out: what `cordon init`, `init --server` and `uninstall` do. */
export type { Touched } from './plan-changes.ts';
export { initRepository } from './init-repository.ts';
export type { InitOptions, InitResult, Note } from './init-repository.ts';
export { installServer } from './install-server.ts';
export type { ServerLayout, ServerOptions, ServerResult } from './install-server.ts';
export { uninstallRepository } from './uninstall.ts';
export type { UninstallResult } from './uninstall.ts';
export { inspectInstall } from './inspect-install.ts';
export type { InstallInspection, InstallProblem } from './inspect-install.ts';
export { selfTest } from './self-test.ts';
export type { SelfTestOptions, SelfTestResult } from './self-test.ts';
export type { Remote } from './list-remotes.ts';
export { describeNote, describeProblem, listTouched } from './messages.ts';
