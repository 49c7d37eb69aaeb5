/**
 * The folder that `core.hooksPath` names once Cordon is in: one stub for each hook, all alike, and
 * beside it the script they share. In a gate hook Cordon goes first; the hook that stood there
 * before (git-lfs uploads in its own) runs only after Cordon allowed, with the same input.
 */

/** Second line of every stub, by which they are known from a hook that another tool put there. */
export const stubMark = '# Cordon passes this hook on. Written by `cordon init`.';

export const hookStub = `#!/bin/sh
${stubMark}
cordon_dir=\${0%/*}/..
if [ -r "$cordon_dir/dispatch.sh" ] && [ -r "$cordon_dir/run.sh" ]; then . "$cordon_dir/dispatch.sh"; fi
echo "cordon: files of Cordon are missing from $cordon_dir, so nothing was checked and this stops here. Run \\\`cordon init\\\` again." >&2
exit 1
`;

export const dispatchScript = String.raw`# Written by ${'`cordon init`'}: what every hook of this folder does. Always exits.
cordon_hook=${'${0##*/}'}
. "$cordon_dir/run.sh"
cordon_user_path=$PATH
cordon_make_path
PATH=$cordon_path
cordon_input=

# A hooks folder of an administrator may lead back here: stop before the process table is full.
CORDON_DEPTH=$((${'${CORDON_DEPTH:-0}'} + 1))
export CORDON_DEPTH
if [ "$CORDON_DEPTH" -gt 12 ]; then
  cordon_stop "the hooks folders lead to each other in a circle"
  exit 1
fi

case $cordon_hook in
  pre-commit | pre-merge-commit | pre-push)
    # A tool that asks git for the hooks folder and overwrites what is there would take us out unseen.
    for cordon_gate in pre-commit pre-merge-commit pre-push; do
      cordon_line=
      { read -r cordon_line && read -r cordon_line; } 2>/dev/null <"$cordon_dir/hooks/$cordon_gate" || :
      if [ "$cordon_line" != ${"'" + stubMark + "'"} ]; then
        cordon_stop "another tool replaced $cordon_dir/hooks/$cordon_gate"
        exit 1
      fi
    done
    case $0 in
      /*) ;;
      *) printf '%s\n' "cordon: this repository was moved or copied. $cordon_remedy" >&2 ;;
    esac
    if [ "$cordon_hook" = pre-push ]; then
      # The refs arrive once. The "x" keeps the last newline, which a substitution would take off.
      cordon_input=$(cat; printf x)
      cordon_input=${'${cordon_input%x}'}
      printf %s "$cordon_input" 2>/dev/null | cordon_run pre-push "$@" || exit $?
    else
      cordon_run "$cordon_hook" "$@" </dev/null || exit $?
    fi
    CORDON_PID=$$
    CORDON_CHECKED=$cordon_hook:$$:$cordon_top
    export CORDON_PID CORDON_CHECKED
    ;;
esac

# The folder git would use without us, by git's own precedence, asked now: husky and others rewrite it.
cordon_previous=$(
  unset GIT_CONFIG
  git config --type=path --get core.hooksPath '!(^|/)cordon/hooks$'
  printf %s "x$?"
)
case $cordon_previous in
  *x0)
    cordon_previous=${'${cordon_previous%?x0}'}
    [ -n "$cordon_previous" ] || exit 0
    ;;
  x1) cordon_previous=$cordon_dir/../hooks ;;
  *)
    cordon_stop 'git could not say where the other hooks are'
    exit 1
    ;;
esac
PATH=$cordon_user_path
if [ "$cordon_previous" -ef "$cordon_dir/hooks" ]; then exit 0; fi
cordon_next=$cordon_previous/$cordon_hook

if ! { [ -f "$cordon_next" ] && [ -x "$cordon_next" ]; }; then
  # git-lfs puts its hooks in when it is first used and cannot do so in our folder; without them a
  # push would leave the files behind.
  case $cordon_hook in
    pre-push | post-checkout | post-commit | post-merge)
      if [ ! -e "$cordon_next" ] && [ -d "$cordon_dir/../lfs" ]; then
        PATH=$cordon_path
        cordon_next=$(command -v git-lfs) || exit 0
        PATH=$cordon_user_path
        set -- "$cordon_hook" "$@"
      else
        exit 0
      fi
      ;;
    *) exit 0 ;;
  esac
fi

if [ "$cordon_hook" = pre-push ]; then
  printf %s "$cordon_input" 2>/dev/null | "$cordon_next" "$@"
  exit $?
fi
exec "$cordon_next" "$@"
`;

/** What stands behind the blocks in husky's tracked files; kept in the user's data folder. */
export const huskyScript = String.raw`
# From here on: a hook of husky in a clone where ${'`cordon init`'} was not run.
cordon_user_path=$PATH
cordon_make_path
PATH=$cordon_path
cordon_verdict=0
if [ "$cordon_hook" = pre-push ]; then
  cordon_input=$(cat)
  { [ -z "$cordon_input" ] || printf '%s\n' "$cordon_input" 2>/dev/null; } | cordon_run pre-push "$@" || cordon_verdict=$?
  # The rest of the file reads what we read.
  if [ -n "$cordon_input" ]; then
    exec <<CORDON_INPUT
$cordon_input
CORDON_INPUT
  else
    exec </dev/null
  fi
else
  cordon_run "$cordon_hook" "$@" </dev/null || cordon_verdict=$?
fi
[ "$cordon_verdict" -eq 0 ] || exit "$cordon_verdict"
PATH=$cordon_user_path
`;
