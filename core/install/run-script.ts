import { quoteForShell } from './quote.ts';

export interface RunScriptInput {
  /** Absolute path of the Node.js to try first. */
  readonly node: string;
  /** Absolute folder that holds `cordon.mjs`. */
  readonly runtime: string;
  /** `<version>-<contenthash>`: where the recorded folder is gone, looked for under other homes. */
  readonly runtimeId: string;
  /** What the reader is told to type when something is missing. */
  readonly remedy: string;
}

/**
 * The shell functions that find Node.js and the runtime and run one hook. Sourced by the dispatcher
 * and by the blocks in husky's files; written so that it also works under `sh -e`.
 */
export function runScript(input: RunScriptInput): string {
  return `# Written by \`cordon init\`: finds Node.js and Cordon without trusting PATH. To be sourced.
cordon_node=${quoteForShell(input.node)}
cordon_runtime=${quoteForShell(input.runtime)}
cordon_runtime_id=${quoteForShell(input.runtimeId)}
cordon_remedy=${quoteForShell(input.remedy)}
${functions}`;
}

const functions = String.raw`unset CDPATH

# cordon_stop WHAT: says why, in one sentence, and what to do.
cordon_stop() {
  case $cordon_hook in
    pre-push | pre-receive) cordon_act=push ;;
    *) cordon_act=commit ;;
  esac
  printf '%s\n' "cordon: $1, so nothing was checked and this $cordon_act is stopped. $cordon_remedy" >&2
}

# An empty or relative entry of PATH would let a file of the repository named "git" or "cat" run.
cordon_make_path() {
  cordon_top=$(pwd -P; printf x)
  cordon_top=${'${cordon_top%?x}'}
  cordon_path=
  cordon_ifs=$IFS
  IFS=:
  set -f
  for cordon_entry in $PATH; do
    case $cordon_entry in
      "$cordon_top" | "$cordon_top"/*) ;;
      /*) cordon_path=$cordon_path$cordon_entry: ;;
    esac
  done
  cordon_path=$cordon_path/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin
  set +f
  IFS=$cordon_ifs
}

# cordon_is_node FILE: an absolute path outside the repository to a Node.js of 20.18 or newer.
cordon_is_node() {
  case $1 in
    "$cordon_top"/*) return 1 ;;
    /*) ;;
    *) return 1 ;;
  esac
  { [ -f "$1" ] && [ -x "$1" ]; } || return 1
  cordon_version=$(cordon_clean_env; exec "$1" -p process.versions.node 2>/dev/null </dev/null) || return 1
  cordon_major=${'${cordon_version%%.*}'}
  cordon_minor=${'${cordon_version#*.}'}
  cordon_minor=${'${cordon_minor%%.*}'}
  case $cordon_major$cordon_minor in
    '' | *[!0-9]*) return 1 ;;
  esac
  [ "$cordon_major" -gt 20 ] || { [ "$cordon_major" -eq 20 ] && [ "$cordon_minor" -ge 18 ]; }
}

# Version managers' folders are searched for the program itself: their shims choose a version, or
# run code, by what files of the repository say.
cordon_find_node() {
  if [ -f "$cordon_node" ] && [ -x "$cordon_node" ]; then
    cordon_node_found=$cordon_node
    return 0
  fi
  cordon_home=${'${HOME-}'}
  case $cordon_home in
    /*) ;;
    *) cordon_home=/nonexistent ;;
  esac
  for cordon_node_found in \
    /usr/local/bin/node /usr/bin/node /opt/homebrew/bin/node /opt/local/bin/node \
    /opt/homebrew/opt/node*/bin/node /usr/local/opt/node*/bin/node \
    /home/linuxbrew/.linuxbrew/bin/node /run/current-system/sw/bin/node /snap/node/current/bin/node \
    "$cordon_home"/.nvm/versions/node/*/bin/node \
    "$cordon_home"/.volta/tools/image/node/*/bin/node \
    "$cordon_home"/.local/share/fnm/node-versions/*/installation/bin/node \
    "$cordon_home"/.fnm/node-versions/*/installation/bin/node \
    "$cordon_home/Library/Application Support/fnm/node-versions"/*/installation/bin/node \
    "$cordon_home"/.asdf/installs/nodejs/*/bin/node \
    "$cordon_home"/.local/share/mise/installs/node/*/bin/node \
    "$cordon_home"/.nodenv/versions/*/bin/node \
    "$cordon_home"/n/bin/node /usr/local/n/versions/node/*/bin/node \
    "$cordon_home"/.nix-profile/bin/node; do
    if cordon_is_node "$cordon_node_found"; then return 0; fi
  done
  cordon_ifs=$IFS
  IFS=:
  set -f
  for cordon_entry in $cordon_path; do
    cordon_node_found=$cordon_entry/node
    if cordon_is_node "$cordon_node_found"; then
      set +f
      IFS=$cordon_ifs
      return 0
    fi
  done
  set +f
  IFS=$cordon_ifs
  return 1
}

# The recorded folder may be another machine's or container's view of this repository.
cordon_find_runtime() {
  cordon_data=${'${XDG_DATA_HOME:-${HOME-}/.local/share}'}
  for cordon_main in "$cordon_runtime/cordon.mjs" \
    "$cordon_data/cordon/runtime/$cordon_runtime_id/cordon.mjs" \
    "$PWD/cordon/runtime/$cordon_runtime_id/cordon.mjs"; do
    case $cordon_main in
      "$cordon_top"/cordon/*) [ "${'${GIT_DIR:-/nonexistent}'}" -ef "$cordon_top" ] || continue ;;
      "$cordon_top"/*) [ "$cordon_main" = "$cordon_runtime/cordon.mjs" ] || continue ;;
      /*) ;;
      *) continue ;;
    esac
    if [ -f "$cordon_main" ] && [ -s "$cordon_main" ] && [ -r "$cordon_main" ]; then return 0; fi
  done
  return 1
}

# What would make Node.js load code or settings that the repository or a tool chose. The authorities
# of NODE_EXTRA_CA_CERTS also cost 40 ms of start-up. OpenSSL's own variables stay: the git that
# Cordon starts needs them to reach the remote.
cordon_clean_env() {
  unset NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS NODE_REPL_EXTERNAL_MODULE NODE_V8_COVERAGE \
    NODE_COMPILE_CACHE NODE_PRESERVE_SYMLINKS NODE_PRESERVE_SYMLINKS_MAIN NODE_ICU_DATA \
    NODE_REDIRECT_WARNINGS NODE_DEBUG NODE_DEBUG_NATIVE NODE_PENDING_DEPRECATION || :
}

# cordon_run HOOK ARGUMENTS: judges what stands on standard input; its exit code is the verdict.
cordon_run() {
  if ! cordon_find_node; then
    cordon_stop 'no Node.js 20.18 or newer was found'
    return 1
  fi
  if ! cordon_find_runtime; then
    cordon_stop "its program is missing from $cordon_runtime"
    return 1
  fi
  cordon_code=0
  (
    cordon_clean_env
    PATH=$cordon_path
    export PATH
    exec "$cordon_node_found" "$cordon_main" hook "$@"
  ) || cordon_code=$?
  case $cordon_code in
    126 | 127) cordon_stop "$cordon_node_found could not be run" ;;
    130) ;;
    129 | 13[1-9] | 1[4-9]?) cordon_stop 'it was ended before it had a verdict' ;;
  esac
  return "$cordon_code"
}
`;
