# shellcheck shell=bash
# The unprivileged users of the tests.  Sourced after common.sh.

USER_MARK='hpc-agent cluster tests' # in the passwd entry: how we know our own

# The first runs jobs; the others exist for what their login shells do to a remote command.
TEST_USERS='hpctest hpctest-csh hpctest-fish hpctest-nologin hpctest-noisy'
shell_of_user() {
  case $1 in
    *-csh) echo /bin/csh ;;
    *-fish) echo /usr/bin/fish ;;
    *-nologin) echo /usr/sbin/nologin ;;
    *) echo /bin/bash ;;
  esac
}
user_packages() { echo tcsh fish; }

ensure_users() {
  local user
  for user in $TEST_USERS; do
    if ! id -u "$user" >/dev/null 2>&1; then
      useradd -m -K HOME_MODE=0755 -c "$USER_MARK" -s "$(shell_of_user "$user")" "$user" || die "useradd $user"
      # No password works, yet the account is not "locked" ('!'), which sshd without PAM would refuse.
      usermod -p '*' "$user" || die "usermod $user"
    fi
    is_ours "$user" || die "user $user exists and is not of these tests"
  done
  noisy_profile >"$(home_of hpctest-noisy)/.bashrc"
}
home_of() { getent passwd "$1" | cut -d: -f6; }
is_ours() { [ "$(getent passwd "$1" | cut -d: -f5)" = "$USER_MARK" ]; }

# What a badly behaved site prints before every command: numbers, words of schedulers, lines that look like frames.
noisy_profile() {
  cat <<'NOISE'
printf '%s\n' '' '*** Welcome to cluster 7, node 12 of 345 ***' '4711' '100_[1-5]' '12345;testcluster'
printf '%s\n' 'Submitted batch job 99999' 'Your job 815 ("noise") has been submitted' 'ok 0' '0' 'exit 1' 'end 0'
printf '%s\n' '--0123456789abcdef0123456789abcdef' '--0123456789abcdef0123456789abcdef--' '==== BEGIN ====' '==== END 1 ===='
printf '%s\n' '{"ok":false,"error":"noise"}' 'HPC_BEGIN' 'HPC_END 0' '<<<' '>>>'
printf 'a line with a carriage return\r\n\033[31mred\033[0m\ttab\n\303\244\377 bytes that are not text\n'
printf 'quota: 98%% of 1000 GB used\n' >&2
printf 'a last line without an end'
NOISE
}

# What tasks and remote commands of the tests have left running (nohup and the like).
end_user_processes() {
  local user pids
  for user in $TEST_USERS; do
    id -u "$user" >/dev/null 2>&1 && is_ours "$user" || continue
    pids=$(ps -o stat= -o pid= -u "$user" | awk '$1 !~ /^Z/ {printf "%s ", $2}')
    [ -z "$pids" ] || { say "ending what $user left running: $pids"; kill -KILL $pids 2>/dev/null; }
  done
}

remove_users() {
  local user
  for user in $TEST_USERS; do
    id -u "$user" >/dev/null 2>&1 && is_ours "$user" && userdel -f -r "$user" 2>/dev/null
  done
}
