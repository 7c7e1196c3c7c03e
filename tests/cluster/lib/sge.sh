# shellcheck shell=bash
# A real Grid Engine: sge_qmaster and one sge_execd.  Sourced after common.sh and users.sh.

SGE_SLOTS=${HPC_TEST_SGE_SLOTS:-64}
SGE_MAX_TASKS=${HPC_TEST_SGE_MAX_TASKS:-75000}

SGE_DIR=$CLUSTER_DIR/sge
SGE_CELL_DIR=$SGE_DIR/cell
SGE_LINK=/var/lib/gridengine/default # where the packaged clients look when no variable is set
export SGE_ROOT=/var/lib/gridengine SGE_CELL=default SGE_SINGLE_LINE=1

# netbase: the clients look their ports up in /etc/services.  A small compiler where there is none: see loopback.c.
sge_packages() {
  echo netbase gridengine-common gridengine-master gridengine-exec gridengine-client
  command -v cc >/dev/null || echo tcc
}
sge_runs() { lives qmaster && lives execd; }

sge_preseed() { # before the packages are installed: no cell of their own
  command -v debconf-set-selections >/dev/null || return 0
  echo 'gridengine-common shared/gridengineconfig boolean false' | debconf-set-selections
}

sge_up() {
  sge_adopt_cell
  sge_files
  sge_start_qmaster
  sge_configure
  sge_start_execd
  mend_queue
  wait_until 45 queue_fine || # after a killed qmaster the execd takes 30 s to find the new one
    die "queue all.q is not available: $(timeout 5 qstat -f -q all.q | grep '^all.q@')"
}

sge_down() {
  if lives qmaster && lives execd; then
    kill -CONT "$(pid_of qmaster)"
    thaw_tree execd
    if [ -n "$(timeout 5 qstat -u '*' 2>/dev/null)" ]; then
      timeout 10 qdel -u '*' >/dev/null 2>&1
      queue_empty() { [ -z "$(timeout 5 qstat -u '*')" ]; }
      wait_until 6 queue_empty
    fi
  fi
  sge_stop_execd
  stop_daemon qmaster 30
}

# --- single daemons (also for fault) ---------------------------------------

sge_daemon() { # NAME PROGRAM
  local pid_variable=SGE_MASTER_PIDFILE
  MACHINE=()
  [ "$1" != execd ] || { as_machine "$HOST"; pid_variable=SGE_EXECD_PIDFILE; }
  start_daemon "$1" "${MACHINE[@]}" prlimit --nofile=4096:4096 env SGE_ND=1 SGE_ROOT=$SGE_ROOT SGE_CELL=$SGE_CELL \
    SGE_ARCH="$(/usr/share/gridengine/util/arch)" "$pid_variable=$SGE_DIR/$1.pid" \
    LD_PRELOAD="$SGE_DIR/loopback.so" "/usr/lib/gridengine/$2"
}
sge_start_qmaster() { sge_daemon qmaster sge_qmaster; await qmaster 30 timeout 5 qconf -sss; }
sge_start_execd() { thaw_tree execd; sge_daemon execd sge_execd; }
sge_stop_execd() { stop_daemon execd 5 KILL; } # takes its tasks along

queue_fine() { timeout 5 qstat -f -q all.q 2>/dev/null | awk '$1 ~ /^all\.q@/ {fine = ($3 != "" && NF == 5)} END {exit !fine}'; }
execd_known() { timeout 5 qstat -f -q all.q | awk '$1 ~ /^all\.q@/ {known = $6 !~ /u/} END {exit !known}'; }
mend_queue() { # disabled, or in error state
  timeout 5 qmod -e '*' >/dev/null 2>&1
  timeout 5 qmod -c '*' >/dev/null 2>&1
}

# --- settings ---------------------------------------------------------------

# The link to our cell; a cell that the packages made, and that nothing runs on, is put aside.
sge_adopt_cell() {
  if ! lives qmaster && port_listens 6444; then 
    die 'a Grid Engine that these tests did not start from this folder runs here (port 6444)'
  fi
  [ -L $SGE_LINK ] || [ ! -e $SGE_LINK ] || mv $SGE_LINK $SGE_LINK.before-tests || die "cannot move $SGE_LINK aside"
  link_to_ours $SGE_LINK "$SGE_CELL_DIR"
}
sge_purge() {
  unlink_ours $SGE_LINK
  [ ! -e $SGE_LINK.before-tests ] || [ -e $SGE_LINK ] || mv $SGE_LINK.before-tests $SGE_LINK
}

sge_files() {
  local common=$SGE_CELL_DIR/common
  mkdir -p "$common" "$SGE_DIR"/{qmaster/job_scripts,spooldb,execd}
  [ -e "$SGE_DIR/loopback.so" ] || build_loopback "$SGE_DIR/loopback.so" || die 'cannot build loopback.c'
  sed "s:/var/spool/gridengine:$SGE_DIR:" /usr/share/gridengine/default-bootstrap >"$common/bootstrap"
  echo "$HOST" >"$common/act_qmaster"
  sge_aliases >"$common/host_aliases"
  chown -R sgeadmin:sgeadmin "$SGE_DIR"
  if [ ! -e "$SGE_DIR/spooldb/sge" ]; then
    timeout "$(remaining)" su -s /bin/sh sgeadmin -c "/usr/share/gridengine/scripts/init_cluster $SGE_ROOT $SGE_CELL $SGE_DIR/spooldb sgeadmin" \
      >"$LOG_DIR/sge-init.log" 2>&1 || die "init_cluster: $(tail -2 "$LOG_DIR/sge-init.log")"
  fi
}

build_loopback() { # FILE
  local compiler=cc
  command -v cc >/dev/null || compiler=tcc
  $compiler -shared -fPIC -nostdlib -w -o "$1" "$LIB_DIR/loopback.c"
}

# 127.0.0.1 resolves back to "localhost"; Grid Engine must know that this is the same machine, else it refuses:
# "client IP resolved to host name localhost. This is not identical to ...".
sge_aliases() {
  local names
  names=$(awk -v a="$ADDRESS" '$1 == "127.0.0.1" || $1 == a {for (i = 2; i <= NF && $i !~ /^#/; i++) print $i}' /etc/hosts |
    grep -vxF "$HOST" | sort -u | tr '\n' ' ')
  echo "$HOST $names"
}

# Sets "NAME VALUE" lines (arguments "NAME=VALUE") in a configuration read from standard input.
set_lines() {
  awk 'BEGIN {for (i = 1; i < ARGC; i++) {n = index(ARGV[i], "="); v[substr(ARGV[i], 1, n - 1)] = substr(ARGV[i], n + 1)} ARGC = 1}
       /^#/ {next} {print ($1 in v) ? $1 " " v[$1] : $0}' "$@"
}
conf() { timeout 20 qconf "$@" >"$LOG_DIR/qconf.out" 2>&1 || die "qconf $*: $(tail -1 "$LOG_DIR/qconf.out")"; }
listed() { timeout 10 qconf "$1" 2>/dev/null | grep -qxF "$2"; } # LIST-OPTION NAME
# Adds the object in FILE, or changes it if it is there.
put() { # LIST-OPTION NAME SUFFIX FILE
  if listed "$1" "$2"; then conf "-M$3" "$4"; else conf "-A$3" "$4"; fi
}

sge_configure() {
  local dir
  dir=$(mktemp -d) || die mktemp
  listed -sh "$HOST" || conf -ah "$HOST"
  listed -ss "$HOST" || conf -as "$HOST"
  sge_set_global "$dir/global" max_u_jobs=0 max_aj_tasks="$SGE_MAX_TASKS" execd_spool_dir="$SGE_DIR/execd" \
    load_report_time=0:0:5 max_unheard=0:0:30 mailer=/bin/true gid_range=50000-50499 \
    'reporting_params=accounting=true reporting=false flush_time=00:00:01 accounting_flush_time=00:00:00 joblog=false sharelog=00:00:00'
  timeout 10 qconf -ssconf | set_lines schedule_interval=0:0:1 flush_submit_sec=1 flush_finish_sec=1 schedd_job_info=true \
    job_load_adjustments=NONE load_adjustment_decay_time=0:0:0 >"$dir/sched"
  conf -Msconf "$dir/sched"
  sge_complexes >"$dir/complexes"; conf -Mc "$dir/complexes"
  sge_host >"$dir/host"; put -sel "$HOST" e "$dir/host"
  printf 'group_name @allhosts\nhostlist %s\n' "$HOST" >"$dir/group"; put -shgrpl @allhosts hgrp "$dir/group"
  sge_pe smp >"$dir/pe"; put -spl smp p "$dir/pe"
  sge_pe shared >"$dir/pe"; put -spl shared p "$dir/pe"
  sge_queue all.q "$SGE_SLOTS" /bin/sh NONE >"$dir/queue"; put -sql all.q q "$dir/queue"
  sge_queue csh.q 4 /bin/csh cshell=TRUE >"$dir/queue"; put -sql csh.q q "$dir/queue"
  rm -rf "$dir"
}
sge_set_global() { # FILE NAME=VALUE...
  local file=$1; shift
  timeout 10 qconf -sconf global | set_lines "$@" >"$file"
  conf -Mconf "$file"
}

# Memory as a consumable, as sites have it; "gpu,cuda" as some have it; "cshell" leads to csh.q and nothing else does.
sge_complexes() {
  timeout 10 qconf -sc | awk '/^#/ || $1 == "gpu" || $1 == "cuda" || $1 == "cshell" {next}
    $1 == "h_data" || $1 == "h_vmem" {$6 = "YES"; $7 = "1G"}
    {print}
    END {print "gpu gpu BOOL == YES NO 0 0"; print "cuda cuda INT <= YES YES 0 0"; print "cshell cshell BOOL == FORCED NO 0 0"}'
}
sge_host() {
  printf '%s\n' "hostname $HOST" 'load_scaling NONE' 'complex_values gpu=TRUE,cuda=4,h_data=256G,h_vmem=256G' 'user_lists NONE' \
    'xuser_lists NONE' 'projects NONE' 'xprojects NONE' 'usage_scaling NONE' 'report_variables NONE'
}
sge_pe() { # NAME
  printf '%s\n' "pe_name $1" 'slots 999' 'user_lists NONE' 'xuser_lists NONE' 'start_proc_args NONE' 'stop_proc_args NONE' \
    "allocation_rule \$pe_slots" 'control_slaves FALSE' 'job_is_first_task TRUE' 'urgency_slots min' \
    'accounting_summary FALSE' 'qsort_args NONE'
}
# Made from the compiled-in template.  No load threshold: many short tasks on a small machine would put the queue in alarm.
sge_queue() { # NAME SLOTS SHELL COMPLEXES
  timeout 10 qconf -sq | set_lines qname="$1" hostlist=@allhosts load_thresholds=NONE 'pe_list=smp shared' slots="$2" shell="$3" \
    complex_values="$4" rerun=FALSE min_cpu_interval=00:00:05 notify=00:00:05
}

sge_json() {
  printf '{"up": true, "version": "%s", "root": "%s", "cell": "%s", "settings": "%s", "queue": "all.q", "slots": %d,
    "pe": "smp", "max_aj_tasks": %d, "max_aj_instances": %d, "max_u_jobs": 0, "memory": ["h_vmem", "h_data"], "accounting": "%s"}' \
    "$(dpkg-query -W -f='${Version}' gridengine-master | sed 's/[+-].*//')" $SGE_ROOT $SGE_CELL \
    "$SGE_CELL_DIR/common/settings.sh" "$SGE_SLOTS" "$SGE_MAX_TASKS" \
    "$(timeout 5 qconf -sconf global | awk '$1 == "max_aj_instances" {print $2}')" "$SGE_CELL_DIR/common/accounting"
}
