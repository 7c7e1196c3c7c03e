# shellcheck shell=bash
# A real Slurm: munge, a private MariaDB, slurmdbd, slurmctld and some nodes, each a slurmd of its own.
# Sourced after common.sh and users.sh.

SLURM_NODES=${HPC_TEST_SLURM_NODES:-4}
SLURM_CPUS=${HPC_TEST_SLURM_CPUS:-32}          # of each node; declared, whatever the machine has
SLURM_MAX_ARRAY=${HPC_TEST_SLURM_MAX_ARRAY:-1001}
SLURM_MIN_JOB_AGE=${HPC_TEST_SLURM_MIN_JOB_AGE:-60}
SLURM_TINY_SUBMIT=10

SLURM_DIR=$CLUSTER_DIR/slurm
MUNGE_SOCKET=$RUN_DIR/munge/socket
SQL_SOCKET=$RUN_DIR/mysql/socket

slurm_packages() {
  echo munge mariadb-server slurmctld slurmd slurmdbd slurm-client slurm-wlm-basic-plugins slurm-wlm-mysql-plugin
}
slurm_runs() { lives slurmctld && lives slurm.node1; }
node_names() { local i; for ((i = 1; i <= SLURM_NODES; i++)); do echo "node$i"; done; }

slurm_up() {
  local changed='' name
  lives slurmctld || ! port_listens 6817 || die 'a Slurm that these tests did not start from this folder runs here (port 6817)'
  slurm_files || changed=yes
  slurm_munge_up
  slurm_database_up
  slurm_start_dbd
  slurm_accounts
  if [ -n "$changed" ] && lives slurmctld; then
    say 'settings of Slurm changed: restarting it'
    slurm_stop_nodes
    stop_daemon slurmctld 20
  fi
  slurm_start_ctld
  for name in $(node_names); do slurm_start_node "$name"; done
  for name in main short gpu; do timeout 10 scontrol update partitionname=$name state=up; done
  # Up means healthy: nodes that a test has left down or drained are resumed.
  wait_until 5 all_nodes_fine || wait_until 25 resume_nodes ||
    die "nodes are not up: $(timeout 5 sinfo -h -N -o '%N=%t' | sort -u | tr '\n' ' ')"
}

slurm_down() {
  local user
  if lives slurmctld; then
    kill -CONT "$(pid_of slurmctld)"
    if timeout 5 scontrol ping >/dev/null 2>&1; then
      for user in $(timeout 10 squeue -h -o %u | sort -u); do timeout 10 scancel -u "$user"; done
      nothing_runs() { [ -z "$(timeout 10 squeue -h -t R,CG,S)" ]; }
      wait_until 6 nothing_runs
    fi
  fi
  slurm_stop_nodes
  stop_daemon slurmctld 30
  stop_daemon slurmdbd 30
  stop_daemon mariadbd 30
  stop_daemon munged 5
}

# --- single daemons (also for fault) ---------------------------------------

slurm_start_ctld() { start_daemon slurmctld slurmctld -D -i; await slurmctld 30 timeout 5 scontrol ping; }
slurm_start_dbd() {
  start_daemon slurmdbd env MYSQL_UNIX_PORT="$SQL_SOCKET" slurmdbd -D
  await slurmdbd 60 timeout 15 sacctmgr -n list cluster
}
slurm_start_node() { # NAME
  mkdir -p "$SLURM_DIR/spool.$1"
  thaw_tree "slurm.$1"
  as_machine "$1"
  start_daemon "slurm.$1" "${MACHINE[@]}" slurmd -D -N "$1"
}
slurm_stop_node() { stop_daemon "slurm.$1" 5 KILL; } # takes the whole machine along
slurm_stop_nodes() {
  local file name folder
  for file in "$RUN_DIR"/slurm.node*.pid; do
    [ -e "$file" ] || continue
    name=${file##*/slurm.}
    slurm_stop_node "${name%.pid}"
  done
  # What killed nodes leave in cgroup v1; rmdir refuses, rightly, where something still runs.
  for folder in /sys/fs/cgroup/memory/slurm_node*; do
    [ ! -d "$folder" ] || find "$folder" -depth -type d -exec rmdir {} \; 2>/dev/null
  done
}
thaw_tree() {
  local pid
  pid=$(pid_of "$1") || return 0
  kill -CONT "$pid" $(descendants_of "$pid") 2>/dev/null || true
}

all_nodes_known() { ! timeout 10 sinfo -h -N -o %t | grep -q unk; }
bad_nodes() {
  timeout 10 sinfo -h -N -p main -o '%N %t' | awk '$2 !~ /^(idle|mix|alloc|comp|plnd|resv)-?$/ {print $1}' | sort -u
}
all_nodes_fine() { local bad; bad=$(bad_nodes) && [ -z "$bad" ]; }
resume_nodes() {
  local node
  for node in $(bad_nodes); do timeout 10 scontrol update nodename="$node" state=resume; done
  all_nodes_fine
}

slurm_munge_up() {
  local dir=$SLURM_DIR/munge
  mkdir -p "$dir" "$RUN_DIR/munge"
  [ -s "$dir/key" ] || head -c 128 /dev/urandom >"$dir/key"
  chown -R munge:munge "$dir" "$RUN_DIR/munge"
  chmod 700 "$dir"; chmod 600 "$dir/key"; chmod 755 "$RUN_DIR/munge"
  start_daemon munged setpriv --reuid munge --regid munge --clear-groups munged --foreground --force \
    --key-file="$dir/key" --seed-file="$dir/seed" --log-file="$dir/log" --pid-file="$dir/pid" --socket="$MUNGE_SOCKET"
  munge_answers() { munge -n -S "$MUNGE_SOCKET" | unmunge -S "$MUNGE_SOCKET"; }
  await munged 10 munge_answers
}

sql() { timeout 20 mariadb --no-defaults --socket="$SQL_SOCKET" -u root "$@"; }
slurm_database_up() {
  local data=$SLURM_DIR/mysql
  mkdir -p "$RUN_DIR/mysql" "$data"
  chown mysql:mysql "$RUN_DIR/mysql" "$data"; chmod 755 "$RUN_DIR/mysql"; chmod 700 "$data"
  if [ ! -d "$data/mysql" ]; then
    timeout "$(remaining)" mariadb-install-db --no-defaults --user=mysql --datadir="$data" --auth-root-authentication-method=socket \
      --auth-root-socket-user=root --skip-test-db --skip-name-resolve >"$LOG_DIR/mariadb-install.log" 2>&1 9>&- ||
      die "mariadb-install-db: $(tail -2 "$LOG_DIR/mariadb-install.log")"
  fi
  start_daemon mariadbd mariadbd --no-defaults --user=mysql --datadir="$data" --socket="$SQL_SOCKET" \
    --pid-file="$RUN_DIR/mysql/pid" --skip-networking --skip-log-bin --innodb-buffer-pool-size=256M \
    --innodb-flush-log-at-trx-commit=0 --innodb-lock-wait-timeout=900 --max-allowed-packet=64M
  await mariadbd 30 sql -e 'select 1'
  sql -e "create user if not exists slurm@localhost identified via unix_socket;
          create database if not exists slurm_acct_db; grant all on slurm_acct_db.* to slurm@localhost" || die 'granting the data base'
}

# The cluster has to be known before slurmctld starts.  QOS "tiny": the 11th submitted task of a user is refused.
slurm_accounts() {
  local user users
  have() { timeout 15 sacctmgr -n -P list "$@" 2>/dev/null | grep -q .; }
  add() { timeout 30 sacctmgr -i -Q "$@" >/dev/null || die "sacctmgr $*"; }
  have cluster hpctest || add add cluster hpctest
  have account hpc || add add account hpc Description=tests Organization=tests
  have qos tiny || add add qos tiny MaxSubmitJobsPerUser=$SLURM_TINY_SUBMIT
  users=$(timeout 15 sacctmgr -n -P list assoc format=user)
  for user in root $TEST_USERS; do
    grep -qxF "$user" <<<"$users" || add add user "$user" Account=hpc QOS=normal,tiny DefaultQOS=normal
  done
}

# --- settings ---------------------------------------------------------------

# Writes the settings below our folder and links them to where the clients look.  Returns 1 if they changed.
slurm_files() {
  local i same=0 name
  [ ! -e /etc/slurm/slurm.conf ] || [ -L /etc/slurm/slurm.conf ] || die '/etc/slurm/slurm.conf exists and is not of these tests'
  mkdir -p "$SLURM_DIR"/{etc,state,log,gpu}
  slurm_fake_gpus
  chown slurm:slurm "$SLURM_DIR/state" "$SLURM_DIR/log"
  i=0
  for name in $(node_names); do i=$((i + 1)); host_line "127.0.0.$((10 + i))" "$name"; done
  ! slurm_conf | install_text "$SLURM_DIR/etc/slurm.conf" || same=1
  ! slurm_gres_conf | install_text "$SLURM_DIR/etc/gres.conf" || same=1
  ! slurm_cgroup_conf | install_text "$SLURM_DIR/etc/cgroup.conf" || same=1
  slurm_dbd_conf | install_text "$SLURM_DIR/etc/slurmdbd.conf"
  chown slurm:slurm "$SLURM_DIR/etc/slurmdbd.conf"; chmod 600 "$SLURM_DIR/etc/slurmdbd.conf"
  for name in slurm gres cgroup slurmdbd; do link_to_ours "/etc/slurm/$name.conf" "$SLURM_DIR/etc/$name.conf"; done
  return $same
}
# Slurm wants device files; the null device does, and then sets CUDA_VISIBLE_DEVICES as on real nodes.
slurm_fake_gpus() {
  local i
  for i in 0 1 2 3; do
    [ -e "$SLURM_DIR/gpu/card$i" ] || mknod -m 666 "$SLURM_DIR/gpu/card$i" c 1 3 2>/dev/null || touch "$SLURM_DIR/gpu/card$i"
  done
}
slurm_purge() {
  local name
  for name in slurm gres cgroup slurmdbd; do unlink_ours "/etc/slurm/$name.conf"; done
}

# Only with a writable cgroup v1 memory controller does a task over its memory end OUT_OF_MEMORY; else it is
# polled and killed, and ends FAILED 0:9.
has_memory_cgroup() {
  local probe=/sys/fs/cgroup/memory/hpc-agent.probe
  [ -e /sys/fs/cgroup/memory/memory.limit_in_bytes ] && mkdir -p "$probe" 2>/dev/null && rmdir "$probe"
}
slurm_memory_lines() {
  if has_memory_cgroup; then echo 'TaskPlugin=task/cgroup'
  else printf 'TaskPlugin=task/none\nJobAcctGatherParams=OverMemoryKill\n'; fi
}
gpu_node() { echo "node$SLURM_NODES"; }
slurm_node_lines() {
  local node gres
  for node in $(node_names); do
    gres=; [ "$node" != "$(gpu_node)" ] || gres=' Gres=gpu:fake:4'
    echo "NodeName=$node NodeHostname=$node NodeAddr=$(address_of "$node") Port=6818 CPUs=$SLURM_CPUS RealMemory=256000$gres State=UNKNOWN"
  done
}

# NoInAddrAny: bind to the loopback address that the host name resolves to, not to all.
# config_overrides: believe the CPUs and memory written here, not the hardware.
slurm_conf() {
  cat <<CONF
$MARK
ClusterName=hpctest
SlurmctldHost=$HOST($ADDRESS)
SlurmctldPort=6817
SlurmUser=slurm
AuthType=auth/munge
AuthInfo=socket=$MUNGE_SOCKET
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation=$SLURM_DIR/state
SlurmdSpoolDir=$SLURM_DIR/spool.%n
SlurmctldPidFile=$SLURM_DIR/state/slurmctld.pid
SlurmdPidFile=$SLURM_DIR/spool.%n/slurmd.pid
SlurmctldLogFile=$SLURM_DIR/log/slurmctld.log
SlurmdLogFile=$SLURM_DIR/log/slurmd.%n.log
SlurmctldDebug=info
SlurmdDebug=info
MailProg=/bin/true
MpiDefault=none
SwitchType=switch/none
ProctrackType=proctrack/linuxproc
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
$(slurm_memory_lines)
PropagateResourceLimits=NONE
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
DefMemPerCPU=1000
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=1,sched_min_interval=0,batch_sched_delay=0,default_queue_depth=1000,bf_interval=1,bf_continue,bf_max_job_test=1000
PriorityType=priority/basic
CompleteWait=0
KillWait=2
MinJobAge=$SLURM_MIN_JOB_AGE
MessageTimeout=10
SlurmctldTimeout=30
SlurmdTimeout=20
ReturnToService=2
TreeWidth=65533
MaxArraySize=$SLURM_MAX_ARRAY
MaxJobCount=100000
EnforcePartLimits=ALL
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=$ADDRESS
AccountingStoragePort=6819
AccountingStoragePass=$MUNGE_SOCKET
AccountingStorageEnforce=associations,limits,qos
AccountingStorageTRES=gres/gpu
AccountingStoreFlags=job_comment
GresTypes=gpu
$(slurm_node_lines)
PartitionName=main Nodes=ALL Default=YES DefaultTime=00:10:00 MaxTime=1-00:00:00 State=UP
PartitionName=short Nodes=node1 DefaultTime=00:01:00 MaxTime=00:10:00 State=UP
PartitionName=gpu Nodes=$(gpu_node) DefaultTime=00:10:00 MaxTime=1-00:00:00 State=UP
PartitionName=down Nodes=node1 MaxTime=1-00:00:00 State=DOWN
CONF
}
slurm_gres_conf() {
  printf '%s\nAutoDetect=off\nNodeName=%s Name=gpu Type=fake File=%s/gpu/card[0-3]\n' "$MARK" "$(gpu_node)" "$SLURM_DIR"
}
slurm_cgroup_conf() {
  printf '%s\n' "$MARK" CgroupPlugin=cgroup/v1 CgroupMountpoint=/sys/fs/cgroup CgroupAutomount=no ConstrainCores=no \
    ConstrainRAMSpace=yes ConstrainSwapSpace=no ConstrainDevices=no
}
slurm_dbd_conf() {
  cat <<CONF
$MARK
AuthType=auth/munge
AuthInfo=socket=$MUNGE_SOCKET
DbdHost=$HOST
DbdAddr=$ADDRESS
DbdPort=6819
CommunicationParameters=NoInAddrAny
SlurmUser=slurm
PidFile=$SLURM_DIR/state/slurmdbd.pid
LogFile=$SLURM_DIR/log/slurmdbd.log
DebugLevel=info
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StorageLoc=slurm_acct_db
CommitDelay=0
CONF
}

slurm_json() {
  printf '{"up": true, "version": "%s", "cluster": "hpctest", "max_array_size": %d, "nodes": %d, "cpus_per_node": %d,
    "default_partition": "main", "partitions": ["main", "short", "gpu", "down"], "short_max_minutes": 10,
    "qos_tiny_max_submit": %d, "account": "hpc", "min_job_age": %d, "memory_cgroup": %s, "log_dir": "%s"}' \
    "$(slurmctld -V | cut -d' ' -f2)" "$SLURM_MAX_ARRAY" "$SLURM_NODES" "$SLURM_CPUS" "$SLURM_TINY_SUBMIT" \
    "$SLURM_MIN_JOB_AGE" "$(has_memory_cgroup && echo true || echo false)" "$SLURM_DIR/log"
}
