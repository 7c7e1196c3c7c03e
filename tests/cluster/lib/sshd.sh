# shellcheck shell=bash
# An sshd of our own on a high loopback port, keys only.  Sourced after common.sh and users.sh.

SSH_PORT=${HPC_TEST_SSH_PORT:-22022}
SSH_DIR=$CLUSTER_DIR/ssh
SSH_LOG=$LOG_DIR/sshd.log
SSH_CONFIG=$CLUSTER_DIR/ssh_config

sshd_packages() { echo openssh-server openssh-client; }
sshd_runs() { lives sshd; }

sshd_up() {
  local owner=${SUDO_USER:-root}
  mkdir -p "$SSH_DIR" /run/sshd && chmod 755 "$SSH_DIR" /run/sshd
  make_key "$SSH_DIR/host_key" host root
  make_key "$SSH_DIR/id_ed25519" client "$owner"
  install_text "$SSH_DIR/authorized_keys" <"$SSH_DIR/id_ed25519.pub"
  if sshd_settings | install_text "$SSH_DIR/sshd_config"; then end_sessions; stop_daemon sshd 5; fi
  /usr/sbin/sshd -t -f "$SSH_DIR/sshd_config" || die "sshd does not like $SSH_DIR/sshd_config"
  echo "[127.0.0.1]:$SSH_PORT $(cut -d' ' -f1,2 "$SSH_DIR/host_key.pub")" | install_text "$SSH_DIR/known_hosts"
  client_settings | install_text "$SSH_CONFIG"
  sshd_start
  timeout 20 ssh -F "$SSH_CONFIG" -i "$SSH_DIR/id_ed25519" hpc-test true </dev/null || die "hpctest cannot log in (see $SSH_LOG)"
}

sshd_start() {
  if ! lives sshd && port_listens "$SSH_PORT"; then
    die "port $SSH_PORT is used by something else; set HPC_TEST_SSH_PORT"
  fi
  touch "$SSH_LOG" && chmod 644 "$SSH_LOG" # tests read it
  start_daemon sshd /usr/sbin/sshd -D -f "$SSH_DIR/sshd_config" -E "$SSH_LOG"
  signal_sessions CONT
  await sshd 10 port_listens "$SSH_PORT"
}

sshd_stop() { # [SIGNAL]: the listener and all open connections; commands that ignore the hang-up live on, as they do elsewhere
  local sessions
  sessions=$(session_pids)
  stop_daemon sshd 5 "${1:-TERM}"
  [ -z "$sessions" ] || { kill -"${1:-TERM}" $sessions; kill -CONT $sessions; } 2>/dev/null
}
sshd_down() { sshd_stop; }

# One privileged sshd per connection, and its unprivileged child; not the commands below.
session_pids() {
  local pid connections
  pid=$(pid_of sshd) || return 0
  connections=$(children_of "$pid")
  echo $connections $(for pid in $connections; do
    for child in $(children_of $pid); do
      [ "$(cat "/proc/$child/comm" 2>/dev/null)" != sshd ] || echo "$child"
    done
  done)
}
signal_sessions() { # SIGNAL
  local pids
  pids=$(session_pids)
  [ -z "$pids" ] || kill -"$1" $pids 2>/dev/null || true
}
end_sessions() { signal_sessions TERM; signal_sessions CONT; }

make_key() { # FILE COMMENT OWNER
  [ -s "$1" ] || ssh-keygen -q -t ed25519 -N '' -C "hpc-agent-tests-$2" -f "$1" || die "ssh-keygen $1"
  chown "$3" "$1" && chmod 600 "$1"
}

# StrictModes would refuse keys below /tmp.  VERBOSE logs each connection ("Connection from") and each
# execution ("Starting session"), which tests count.
sshd_settings() {
  cat <<CONF
$MARK
ListenAddress 127.0.0.1
Port $SSH_PORT
HostKey $SSH_DIR/host_key
PidFile none
AuthorizedKeysFile $SSH_DIR/authorized_keys
StrictModes no
AllowUsers $TEST_USERS
AuthenticationMethods publickey
PermitRootLogin no
UsePAM no
UseDNS no
PrintMotd no
PrintLastLog no
MaxStartups 1000
MaxSessions 200
Subsystem sftp internal-sftp
LogLevel VERBOSE
CONF
}

client_settings() {
  local user
  echo "$MARK: ssh -F $SSH_CONFIG hpc-test ..."
  for user in $TEST_USERS; do
    printf 'Host %s\n  User %s\n' "hpc-test${user#hpctest}" "$user"
  done
  cat <<CONF
Host hpc-test hpc-test-*
  HostName 127.0.0.1
  Port $SSH_PORT
  IdentityFile $SSH_DIR/id_ed25519
  IdentitiesOnly yes
  UserKnownHostsFile $SSH_DIR/known_hosts
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  BatchMode yes
CONF
}
