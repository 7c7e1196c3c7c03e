# shellcheck shell=bash
# Shared by the scripts of this folder: places, messages, packages, processes.  Sourced, never run.

CLUSTER_DIR=${HPC_TEST_CLUSTER_DIR:-/tmp/hpc-agent-cluster}
LOG_DIR=$CLUSTER_DIR/log
RUN_DIR=$CLUSTER_DIR/run
MARK='# made by tests/cluster of hpc-agent'
SERVICES='sshd slurm sge'
LIMIT_SECONDS=${HPC_TEST_CLUSTER_SECONDS:-180}

export PATH=/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin LC_ALL=C
umask 022
SECONDS=0

say() { echo "${0##*/}: $*" >&2; }
die() { say "FAILED: $*"; exit 1; }
need_root() { [ "$(id -u)" = 0 ] || die "must run as root (sudo $0 ...)"; }

# The services named by the arguments, in the order in which they start; all if there are none.
chosen_services() {
  local wanted=" $* " service chosen=()
  [ $# -gt 0 ] || wanted=" $SERVICES "
  for service in "$@"; do
    case " $SERVICES " in *" $service "*) ;; *) die "unknown service '$service'; known: $SERVICES" ;; esac
  done
  for service in $SERVICES; do
    case $wanted in *" $service "*) chosen+=("$service") ;; esac
  done
  echo "${chosen[@]}"
}

# --- places ---------------------------------------------------------------

# The folder and the lock.  Two of these scripts at once would fight over apt, /etc and pid files.
# The lock is file descriptor 9, which no daemon inherits (start_daemon closes it).
prepare_folder() {
  case $CLUSTER_DIR in
    *[!A-Za-z0-9/_.-]*) die "HPC_TEST_CLUSTER_DIR: only letters, digits and / _ . - are possible: $CLUSTER_DIR" ;;
    /*) ;;
    *) die "HPC_TEST_CLUSTER_DIR must be an absolute path: $CLUSTER_DIR" ;;
  esac
  mkdir -p "$CLUSTER_DIR" || die "cannot make $CLUSTER_DIR"
  # In /tmp anyone could have made it first.
  [ ! -L "$CLUSTER_DIR" ] && [ -O "$CLUSTER_DIR" ] || die "$CLUSTER_DIR belongs to somebody else; remove it or set HPC_TEST_CLUSTER_DIR"
  mkdir -p "$LOG_DIR" "$RUN_DIR" && chmod 755 "$CLUSTER_DIR" "$LOG_DIR" "$RUN_DIR" || die "cannot prepare $CLUSTER_DIR"
  exec 9>"$RUN_DIR/lock"
  flock -w "$LIMIT_SECONDS" 9 || die "another of these scripts holds $RUN_DIR/lock"
}

# Standard input -> FILE, only where that changes it.  Returns 0 if it was changed.
install_text() {
  local new=$1.new.$$
  cat >"$new"
  if cmp -s "$new" "$1"; then rm -f "$new"; return 1; fi
  chmod 644 "$new" && mv -f "$new" "$1"
}

# A path that a packaged program insists on, as a link to ours.  Refuses to replace what is not ours.
link_to_ours() { # LINK TARGET
  [ -L "$1" ] || [ ! -e "$1" ] || die "$1 exists and is not of these tests; not touching it"
  mkdir -p "$(dirname "$1")"
  ln -sfn "$2" "$1"
}
unlink_ours() { # LINK
  case $(readlink "$1") in "$CLUSTER_DIR"/*) rm -f "$1" ;; esac
}

# --- time -----------------------------------------------------------------

remaining() { local left=$((LIMIT_SECONDS - SECONDS)); echo $((left > 1 ? left : 1)); }

# wait_until SECONDS COMMAND...: try until it succeeds, at most SECONDS and never past the limit of the whole.
wait_until() {
  local end=$((SECONDS + $1)); shift
  [ $end -le "$LIMIT_SECONDS" ] || end=$LIMIT_SECONDS
  until "$@" >/dev/null 2>&1; do [ $SECONDS -lt "$end" ] || return 1; sleep 0.1; done
}

# --- packages -------------------------------------------------------------

missing_packages() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$package" 2>/dev/null)" = 'ii ' ] || echo "$package"
  done
}

# Installs what is missing, without letting the packages start their own daemons.
ensure_packages() {
  local missing policy=/usr/sbin/policy-rc.d kept='' code=0
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  command -v apt-get >/dev/null || die "missing packages, and no apt-get to install them: ${missing[*]}"
  say "installing ${missing[*]}"
  if ! forbids_starts $policy; then
    if [ -e $policy ]; then kept=$policy.before-tests; mv $policy $kept; fi
    printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy
    trap 'restore_policy "'$policy'" "'$kept'"' EXIT
  fi
  install_now "${missing[@]}" || code=$?
  [ $code = 0 ] || die "installing (see $LOG_DIR/apt.log): $(tail -3 "$LOG_DIR/apt.log" | tr '\n' ' ')"
}
forbids_starts() { [ -x "$1" ] && { "$1" slurmd start >/dev/null 2>&1; [ $? = 101 ]; }; }
restore_policy() { if [ -n "$2" ]; then mv "$2" "$1"; else rm -f "$1"; fi; }
install_now() {
  local options=(-y -q --no-install-recommends -o DPkg::Lock::Timeout=60 -o Dpkg::Use-Pty=0)
  {
    export DEBIAN_FRONTEND=noninteractive
    timeout "$(remaining)" dpkg --configure -a &&
      { timeout "$(remaining)" apt-get install "${options[@]}" --download-only "$@" ||
        { timeout "$(remaining)" apt-get update -q && timeout "$(remaining)" apt-get install "${options[@]}" --download-only "$@"; }; } &&
      timeout "$(remaining)" apt-get install "${options[@]}" "$@"
  } >>"$LOG_DIR/apt.log" 2>&1 9>&-
}

# --- processes ------------------------------------------------------------

# The start time of a process (field 22 of /proc/PID/stat; the name before may hold blanks and brackets).
start_time() {
  local text
  { read -r text <"/proc/$1/stat"; } 2>/dev/null || return 1
  set -- ${text##*) }
  echo "${20}"
}

# The pid of daemon NAME if it lives.  The start time is kept beside the pid, so a pid used again is never taken for ours.
pid_of() {
  local pid='' began='' state
  { read -r pid <"$RUN_DIR/$1.pid" && read -r began <"$RUN_DIR/$1.start"; } 2>/dev/null || return 1
  [ -n "$pid" ] && [ "$(start_time "$pid")" = "$began" ] || return 1
  state=$(awk '/^State:/ {print $2}' "/proc/$pid/status" 2>/dev/null)
  case $state in Z | X | '') return 1 ;; esac
  echo "$pid"
}
lives() { pid_of "$1" >/dev/null; }

# start_daemon NAME COMMAND...: in its own session, with an environment that holds nothing of the caller's.
start_daemon() {
  local name=$1 pid; shift
  if lives "$name"; then kill -CONT "$(pid_of "$name")"; return 0; fi
  (cd / && exec setsid env -i PATH="$PATH" LC_ALL=C HOME=/ "$@") >>"$LOG_DIR/$name.out" 2>&1 </dev/null 9>&- &
  pid=$!
  start_time "$pid" >"$RUN_DIR/$name.start" && echo "$pid" >"$RUN_DIR/$name.pid"
}

# await NAME SECONDS COMMAND...: until COMMAND succeeds; fails at once, with its last words, when the daemon ends.
await() {
  local name=$1 seconds=$2; shift 2
  answers_or_died() { "$@" || ! lives "$name"; }
  if wait_until "$seconds" answers_or_died "$@" && lives "$name"; then return 0; fi
  die "$name does not answer: $(tail -qn 2 "$LOG_DIR/$name.out" "$LOG_DIR/$name.log" 2>/dev/null | tr '\n' ' ')"
}

# stop_daemon NAME [SECONDS [SIGNAL]]: only the recorded process; KILL when it has not ended in time.
stop_daemon() {
  local name=$1 seconds=${2:-10} signal=${3:-TERM} pid
  dead() { ! lives "$name"; }
  if pid=$(pid_of "$name"); then
    kill -"$signal" "$pid" 2>/dev/null
    kill -CONT "$pid" 2>/dev/null # it may be frozen
    wait_until "$seconds" dead || { kill -KILL "$pid" 2>/dev/null; wait_until 5 dead; }
  fi
  rm -f "$RUN_DIR/$name.pid" "$RUN_DIR/$name.start"
}

# The children of the processes given, and all descendants.
children_of() { local pid; for pid in "$@"; do cat /proc/"$pid"/task/*/children 2>/dev/null; done; }
descendants_of() {
  local pids
  pids=$(children_of "$@")
  [ -z "${pids// /}" ] || { echo $pids; descendants_of $pids; }
}

# Does anything listen on this TCP port?  Asks the kernel: a connection as a probe would show in the logs that tests count.
port_listens() {
  local files=(/proc/net/tcp)
  [ ! -r /proc/net/tcp6 ] || files+=(/proc/net/tcp6)
  awk -v port="$(printf ':%04X' "$1")" '$4 == "0A" && substr($2, length($2) - 4) == port {found = 1} END {exit !found}' "${files[@]}"
}

# A machine of its own for an execution daemon: its own host name and process table, so that killing the one recorded
# process takes the daemon and every task along, as a power cut does.  Where the kernel forbids that the daemon runs bare.
as_machine() { # HOSTNAME -> array MACHINE, the words to put before a command
  MACHINE=()
  if unshare --uts --pid --fork --kill-child --mount-proc true 2>/dev/null; then
    MACHINE=(unshare --uts --pid --fork --kill-child --mount-proc sh -c 'hostname "$0"; "$@" & wait $!' "$1")
  fi
}

# --- names ----------------------------------------------------------------

# Both schedulers identify a machine by its host name: that must lead to loopback, else they would use a public address.
ensure_hostname() {
  HOST=$(hostname); HOST=${HOST%%.*}
  host_line 127.0.0.1 "$HOST"
  ADDRESS=$(address_of "$HOST")
}
address_of() { getent ahostsv4 "$1" 2>/dev/null | awk '{print $1; exit}'; }

# Makes NAME resolve to a loopback address.  /etc/hosts is often a bind mount: written in place, never renamed.
host_line() { # ADDRESS NAME
  local old
  case $(address_of "$2") in 127.*) return 0 ;; esac
  old=$(cat /etc/hosts)
  printf '%s %s %s\n%s\n' "$1" "$2" "$MARK" "$old" >/etc/hosts
  case $(address_of "$2") in 127.*) ;; *) die "host name $2 does not resolve to loopback in spite of /etc/hosts" ;; esac
}
remove_host_lines() {
  local kept
  kept=$(grep -vF "$MARK" /etc/hosts) && [ "$kept" != "$(cat /etc/hosts)" ] && printf '%s\n' "$kept" >/etc/hosts
}
