/** Hooks that Cordon itself answers before it lets the hook that stood there run. */
export const gateHooks = ['pre-commit', 'pre-merge-commit', 'pre-push'] as const;

export type GateHook = (typeof gateHooks)[number];

/**
 * All other hooks git knows (githooks(5)). Once `core.hooksPath` names our folder, git looks nowhere
 * else, so each of them must be passed on to the folder that stood there before; the receiving ones
 * too, for a repository that others push into.
 */
export const passedHooks = [
  'applypatch-msg',
  'pre-applypatch',
  'post-applypatch',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'pre-rebase',
  'post-checkout',
  'post-merge',
  'post-rewrite',
  'pre-auto-gc',
  'pre-receive',
  'update',
  'post-receive',
  'post-update',
  'sendemail-validate',
  'p4-changelist',
  'p4-prepare-changelist',
  'p4-post-changelist',
  'p4-pre-submit',
] as const;

/**
 * Hooks whose mere presence costs or changes something: git runs the first two many times in one
 * command, an empty `push-to-checkout` replaces git's own update of the work tree, and
 * `proc-receive` speaks a protocol. They are passed on only where one stands.
 */
export const hooksPassedIfPresent = [
  'reference-transaction',
  'post-index-change',
  'push-to-checkout',
  'proc-receive',
] as const;
