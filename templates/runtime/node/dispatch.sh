#!/bin/sh
# Runs the tasks of one array element on a node:  /bin/sh RUN/dispatch.sh RUN ARRAY ELEMENT JOB
#
# RUN is the run's folder, ARRAY the 0-based index of the array, ELEMENT its 1-based element, JOB the scheduler's id of the array. The exit
# status is 0 if all tasks of the element are complete, else 1; what happened to each task stands in RUN/events.
# POSIX sh: it must run under dash, bash and busybox. Every variable begins with hpc_ or HPC_, for a variable that the user's environment
# exports under the same name would change in the tasks too.

hpc_run=$1 hpc_array=$2 hpc_element=$3 hpc_job=$4
hpc_nl='
'
unset IFS HPC_PARAMS HPC_PARAMS_JSON HPC_RESULT_FOLDER

hpc_say() { printf 'dispatcher: %s\n' "$1" >&2; }

hpc_die() {
  hpc_say "$1"
  [ -z "${hpc_events-}" ] || hpc_note "dispatcher: $1"
  hpc_sweep
  exit 1
}

hpc_sweep() {
  [ -z "${hpc_watch-}" ] || kill -TERM $hpc_watch 2>/dev/null
  [ -z "${hpc_tmp-}" ] || rm -rf -- "$hpc_tmp"
}

# ---- time, in hundredths of a second since 1970; /proc/uptime costs no process

hpc_clock_start() {
  hpc_base=$(date +%s.%N)
  case $hpc_base in
    *[!0-9.]* | *.) hpc_base=$(date +%s)00 ;;
    *) hpc_rest=${hpc_base#*.}00 hpc_base=${hpc_base%.*}${hpc_rest%"${hpc_rest#??}"} ;;
  esac
  hpc_up='' hpc_cs=''
  [ ! -r /proc/uptime ] || IFS=' .' read -r hpc_up hpc_cs hpc_rest </proc/uptime
  case $hpc_up,$hpc_cs in
    , | *[!0-9,]*) hpc_up='' ;;
    [0-9]*,[0-9][0-9]) hpc_base=$((hpc_base - hpc_up * 100 - 1$hpc_cs + 100)) ;;
    *) hpc_up='' ;;
  esac
  hpc_clock
}

hpc_clock() {
  if [ -n "$hpc_up" ]; then
    IFS=' .' read -r hpc_up hpc_cs hpc_rest </proc/uptime
    hpc_now=$((hpc_base + hpc_up * 100 + 1$hpc_cs - 100))
  else
    hpc_now=$(date +%s)00
  fi
}

# Sets hpc_text to hundredths $1 written as seconds.
hpc_seconds() {
  hpc_text=$(($1 % 100))
  [ ${#hpc_text} -eq 2 ] || hpc_text=0$hpc_text
  hpc_text=$(($1 / 100)).$hpc_text
}

# ---- events

# Sets hpc_text to the text $1 percent-encoded, at most 600 bytes, cut between two characters.
hpc_encode() {
  hpc_text=$(printf %s "$1" | od -An -v -tx1 | LC_ALL=C awk '
    BEGIN { for (i = 33; i < 127; i++) if (i != 35 && i != 37 && i != 61) plain[sprintf("%02x", i)] = sprintf("%c", i) }
    { for (i = 1; i <= NF; i++) {
        if ($i !~ /^[89ab]/) { if (length(out) + length(c) > 600) exit; out = out c; c = "" }
        c = c ($i in plain ? plain[$i] : "%" toupper($i)) } }
    END { if (length(out) + length(c) <= 600) out = out c; print out }')
}

# Sets hpc_lines to the event that is held back and hpc_body, each with its checksum. A tool that a signal ended, or a full disk, gives no
# sum or that of something shorter.
hpc_sign() {
  if [ -n "$hpc_held" ] && [ -n "$hpc_body" ] && [ $hpc_tries -eq 0 ]; then
    # One process for both.
    printf %s "$hpc_held" >"$hpc_tmp/a"
    printf %s "$hpc_body" >"$hpc_tmp/b"
    set -- $(cd "$hpc_tmp" && cksum a b)
    [ "${2-},${5-}" = "${#hpc_held},${#hpc_body}" ] || return 1
    hpc_lines="$hpc_held #$1$hpc_nl$hpc_body #$4$hpc_nl"
    return
  fi
  hpc_lines=''
  for hpc_line in "$hpc_held" "$hpc_body"; do
    [ -n "$hpc_line" ] || continue
    set -- $(printf %s "$hpc_line" | cksum)
    [ "${2-}" = ${#hpc_line} ] || return 1
    hpc_lines="$hpc_lines$hpc_line #$1$hpc_nl"
  done
} 2>/dev/null

# Writes the event that is held back and the event $1, which may be empty, in one write.
hpc_flush() {
  [ -n "$hpc_held$1" ] || return 0
  hpc_body=$1 hpc_tries=0
  until hpc_sign && printf %s "$hpc_torn$hpc_lines" 2>/dev/null >>"$hpc_events"; do
    # What did get written of it must not spoil the next line.
    hpc_torn=$hpc_nl
    hpc_tries=$((hpc_tries + 1))
    if [ $hpc_tries -ge 4 ]; then
      hpc_say "cannot write to $hpc_events: $hpc_held${hpc_held:+; }$hpc_body"
      return 1
    fi
    sleep 1
  done
  hpc_torn=''
  [ -z "$hpc_held" ] || hpc_remember "v $hpc_held_of"
  hpc_held=''
}

hpc_note() {
  hpc_clock
  hpc_seconds $hpc_now
  hpc_at=$hpc_text
  hpc_encode "$1"
  hpc_flush "1 $hpc_at note -1 0 text=$hpc_text"
}

# Holds back the end of attempt $1 $2: state $3, exit code $4, hundredths $5, text $6. It is written with the start of the next task.
hpc_end() {
  hpc_flush ''
  hpc_clock
  hpc_seconds $hpc_now
  hpc_held="1 $hpc_text end $1 $2 state=$3" hpc_held_of="$1 $2"
  [ -z "$4" ] || hpc_held="$hpc_held exit=$4"
  if [ -n "$5" ]; then
    hpc_seconds $5
    hpc_held="$hpc_held seconds=$hpc_text"
  fi
  [ -n "$6" ] || return 0
  hpc_encode "$6"
  hpc_held="$hpc_held text=$hpc_text"
}

# ---- what this element did before, if it is started again. One line each, read back by hpc_recall:
#   s ID ATTEMPT                           started
#   p ID ATTEMPT HUNDREDTHS                ended with 0, results are being moved
#   e ID ATTEMPT STATE EXIT HUNDREDTHS     ended; STATE is "again" if it is to run again
#   v ID ATTEMPT                           its end event was written

hpc_remember() { printf '%s\n' "$1" >&4; }

hpc_recall() {
  # After a half-written last line.
  printf '\n' >&4
  LC_ALL=C awk -v first="$hpc_first" -v last="$hpc_last" -v list="$hpc_list" '
    NF < 3 || $2 < first || $2 > last || $3 !~ /^[0-9]+$/ { next }
    $1 == "s" && NF == 3 { n[$2] = $3; st[$2] = "open"; ex[$2] = t[$2] = "-"; v[$2] = 0 }
    $3 != n[$2] { next }
    $1 == "p" && NF == 4 { st[$2] = "moving"; ex[$2] = 0; t[$2] = $4 }
    $1 == "e" && NF == 6 { st[$2] = $4; ex[$2] = $5; t[$2] = $6 }
    $1 == "v" && NF == 3 { v[$2] = 1 }
    function show(i) { if (i in st) print n[i], st[i], v[i], ex[i], t[i]; else print 0, "new", 0, "-", "-" }
    END { if (list == "") for (i = first; i <= last; i++) show(i); else while ((getline i <list) > 0) show(i + 0) }
  ' "$hpc_memory" >"$hpc_tmp/recalled" || hpc_die "cannot read $hpc_memory"
  exec 6<"$hpc_tmp/recalled"
  hpc_recalls=1
}

# ---- whether this job is the recorded one

hpc_fence() {
  hpc_claim=$hpc_run/submit/$HPC_TOKEN
  hpc_tries=0
  while :; do
    hpc_id=''
    if [ -e "$hpc_claim/id" ]; then
      # Without its line end it may be in the middle of being written.
      if IFS= read -r hpc_id <"$hpc_claim/id" || [ $hpc_tries -ge 2 ]; then
        [ -z "$hpc_id" ] || break
      fi
    fi
    if [ $hpc_tries -ge 10 ]; then
      mkdir -p "$hpc_claim"
      hpc_mine=$hpc_claim/id.$hpc_host.$$
      printf '%s\n' "$hpc_job" >"$hpc_mine" || hpc_die "cannot record the job in $hpc_claim"
      ln "$hpc_mine" "$hpc_claim/id" 2>/dev/null || [ -e "$hpc_claim/id" ] ||
        # A file system without links: whoever makes the folder writes.
        { mkdir "$hpc_claim/id.first" 2>/dev/null && printf '%s\n' "$hpc_job" >"$hpc_claim/id"; }
      rm -f -- "$hpc_mine"
      [ $hpc_tries -lt 15 ] || hpc_die "cannot record the job in $hpc_claim"
    fi
    hpc_tries=$((hpc_tries + 1))
    [ $hpc_tries -gt 10 ] || sleep 1
    [ -z "$hpc_got" ] || return 0
  done
  [ "$hpc_id" != "$hpc_job" ] || return 0
  hpc_note "duplicate, fenced: array $hpc_array is job $hpc_id, not $hpc_job"
  hpc_sweep
  exit 0
}

# ---- launching: a task leads a process group of its own and can hear SIGINT, which a shell without job control takes from its
# background children for ever

hpc_exec() {
  case $hpc_launcher in
    env) exec env --default-signal=INT,QUIT setsid "$@" ;;
    perl) exec perl -e 'setpgrp(0, 0); $SIG{INT} = $SIG{QUIT} = "DEFAULT"; exec { $ARGV[0] } @ARGV; exit 127' "$@" ;;
    setsid) exec setsid "$@" ;;
    *) exec "$@" ;;
  esac
}

hpc_tests() { # launcher, signal, the exit code that shows that it reached the group
  hpc_launcher=$1
  # Not elsewhere: dash stops itself when it is asked for job control in the background of a terminal.
  [ $1 != monitor ] || [ -n "${BASH_VERSINFO-}" ] || return 1
  [ $1 != monitor ] || set -m
  (hpc_exec sh -c "kill -$2 \"-\$\$\"; exit 0") >/dev/null 2>&1 </dev/null &
  hpc_probe=$!
  set +m
  { wait "$hpc_probe"; } 2>/dev/null
  hpc_code=$?
  [ $hpc_code -eq $3 ]
}

hpc_choose_launcher() {
  for hpc_word in monitor env perl; do
    # Once more, as on a busy node a probe was seen to fail by chance.
    hpc_tests $hpc_word INT 130 || hpc_tests $hpc_word INT 130 || continue
    hpc_first_signal=INT
    return
  done
  hpc_first_signal=TERM
  hpc_tests setsid TERM 143 || hpc_launcher=plain
}

# ---- signals

hpc_on_signal() {
  # The first one counts; Grid Engine sends USR1 and then USR2.
  : "${hpc_got:=$1}"
  [ -z "$hpc_child" ] || hpc_stop_child
}

# The watch may have meant the task before this one.
hpc_on_alarm() {
  [ -n "$hpc_child" ] && hpc_clock && [ $hpc_now -ge $hpc_due ] || return 0
  hpc_late=1
  hpc_stop_child
}

# Tells the task to end: first signal, grace, TERM, KILL, to its group. A process of its own does the waiting.
hpc_stop_child() {
  [ -z "$hpc_stopping" ] || return 0
  hpc_stopping=1
  hpc_group=-$hpc_child
  [ $hpc_launcher != plain ] || hpc_group=$hpc_child
  # A child that has not got so far as to have its group cannot hear INT either.
  kill -$hpc_first_signal "$hpc_group" 2>/dev/null || kill -TERM "$hpc_child" 2>/dev/null
  (
    trap '' TERM USR1 USR2 INT HUP
    trap - ALRM
    exec 4>&- 5<&-
    if sleep 0.2; then hpc_pause=0.2 hpc_left=$((HPC_PREEMPT_GRACE_SEC * 5)) hpc_more=10; else hpc_pause=1 hpc_left=$HPC_PREEMPT_GRACE_SEC hpc_more=2; fi
    hpc_rest="TERM KILL"
    [ $hpc_first_signal = INT ] || hpc_rest=KILL
    for hpc_word in $hpc_rest; do
      while [ "$hpc_left" -gt 0 ]; do
        kill -0 "$hpc_group" || exit 0
        sleep $hpc_pause
        hpc_left=$((hpc_left - 1))
      done
      kill -$hpc_word "$hpc_group" || kill -KILL "$hpc_child" || exit 0
      hpc_left=$hpc_more
    done
  ) >/dev/null 2>&1 </dev/null &
  hpc_timer=$!
}

# Waits for process $1 whatever signals come; sets hpc_code.
hpc_wait() {
  while :; do
    wait "$1"
    hpc_code=$?
    [ $hpc_code -gt 128 ] || return 0
    # Either it ended by a signal or a signal of ours interrupted the wait; then it is there still, or a zombie.
    kill -0 "$1" 2>/dev/null || break
  done
  # The shell may have taken in the end of a process behind our back, while it ran a trap; it remembers, and else says 127.
  wait "$1"
  hpc_second=$?
  [ $hpc_second -eq 127 ] || hpc_code=$hpc_second
} 2>/dev/null

# ---- one task

# Sets hpc_record to the record of task hpc_id, from the offsets hpc_from to hpc_to; fails if it is not all there.
hpc_read_record() {
  if [ "$hpc_from" != "$hpc_position" ]; then
    exec 5<"$HPC_TABLE_DIR/tasks.tab"
    [ "$hpc_from" -lt 65536 ] || dd bs=65536 skip=$((hpc_from / 65536)) count=0 <&5
    [ $((hpc_from % 65536)) -eq 0 ] || dd bs=$((hpc_from % 65536)) count=1 <&5
  fi >/dev/null 2>&1
  hpc_record=$(dd bs=$((hpc_to - hpc_from)) count=1 2>/dev/null <&5)
  hpc_position=$hpc_to
  [ "${hpc_record##*"$hpc_nl"#}" = "$hpc_id" ] || { hpc_position=''; return 1; }
}

hpc_locate() {
  hpc_shard=$((hpc_id / 1000))
  if [ "$HPC_RESULT_TEMPLATE" = 1 ]; then
    hpc_folder=$(eval "$hpc_record" >/dev/null 2>&1 </dev/null; printf %s. "$HPC_RESULT_FOLDER")
    hpc_results=$hpc_run/results/${hpc_folder%.}
  else
    hpc_results=$hpc_run/results/$hpc_shard/$hpc_id
  fi
  hpc_parent=${hpc_results%/*}
}

hpc_name_attempt() {
  hpc_work=$hpc_parent/_wip_${hpc_results##*/}_$hpc_attempt
  hpc_logs=$hpc_run/logs/$hpc_shard
  hpc_log=$hpc_logs/$hpc_id.$hpc_attempt.log
}

# True if whole results of this run's identity are there; sets hpc_stamped to their attempt.
hpc_has_results() {
  [ -f "$hpc_results/metrics.json" ] && [ -f "$hpc_results/.hpc_stamp" ] || return 1
  hpc_word=''
  IFS=' ' read -r hpc_word hpc_stamped hpc_rest <"$hpc_results/.hpc_stamp"
  [ "$hpc_word" = "$HPC_IDENTITY" ]
}

# True if an end event says so already. Asked only for results that this element does not remember, so the files are read once at most.
hpc_has_event() {
  [ -n "$hpc_scanned" ] || LC_ALL=C awk -v first="$hpc_first" -v last="$hpc_last" '
    $3 == "end" && $4 >= first && $4 <= last && / state=complete / { print $4, $5 }' "$hpc_run"/events/*.log >"$hpc_tmp/ended" 2>/dev/null
  hpc_scanned=1
  grep -q -x "$1 $2" "$hpc_tmp/ended"
}

# Makes the folders of an attempt; sets hpc_why if it cannot.
hpc_make_folders() {
  if [ "$hpc_made" != "$hpc_parent" ]; then
    hpc_why=$(mkdir -p "$hpc_parent" "$hpc_logs" 2>&1) || return 1
    hpc_made=$hpc_parent
  fi
  [ "$hpc_made_logs" = "$hpc_logs" ] || { hpc_why=$(mkdir -p "$hpc_logs" 2>&1) && hpc_made_logs=$hpc_logs; } || return 1
  hpc_why=$(mkdir "$hpc_work" 2>&1) && return 0
  [ -d "$hpc_work" ] && [ ! -h "$hpc_work" ] || return 1
  ! hpc_is_empty "$hpc_work" || return 0
  # Of an attempt that nobody remembers.
  mv -f "$hpc_work" "${hpc_work}_$hpc_now" && hpc_why=$(mkdir "$hpc_work" 2>&1)
}

# The task's own process. Until the last exec, whatever ends it is the dispatcher's failure, not the command's: hpc_stage says at what.
hpc_task() {
  trap '' USR1 USR2
  trap - TERM INT HUP ALRM
  hpc_stage='its log could not be opened'
  trap 'printf "%s\n" "$hpc_stage" >"$hpc_tmp/problem"' EXIT
  exec </dev/null >>"$hpc_log" 2>&1 3>&- 4>&- 5<&- 6<&- 7<&- 8<&-
  hpc_stage='the environment file could not be read'
  [ ! -s "$hpc_run/environment" ] || . "$hpc_run/environment"
  hpc_stage='its record in the task table could not be evaluated'
  eval "$hpc_record" || exit 1
  hpc_stage='its parameters could not be written'
  if [ -z "${HPC_PARAMS-}" ]; then
    export HPC_PARAMS="$HPC_TASK_TMP/params.json"
    printf %s "$HPC_PARAMS_JSON" >"$HPC_PARAMS" || exit 1
  fi
  export HPC_RUN_ID HPC_TASK_COUNT HPC_CPUS HPC_TASK_ID="$hpc_id" HPC_ATTEMPT="$hpc_attempt" RESULT_DIR="$hpc_work" HPC_RESULT_DIR="$hpc_work"
  hpc_stage="the code folder $HPC_CODE_DIR cannot be entered"
  cd "$HPC_CODE_DIR" || exit 1
  hpc_stage="the shell $hpc_shell could not be started"
  if [ ! -s "$hpc_run/preamble.sh" ]; then
    hpc_exec "$hpc_shell" "$hpc_run/command.sh"
  else
    hpc_exec "$hpc_shell" -c '
hpc_1=$1 hpc_2=$2 hpc_3=$3
shift 3
. "$hpc_1"/preamble.sh || { printf "%s\n" "the preamble ended with exit code $?" >"$hpc_3"; exit 1; }
cd "$hpc_2" || exit 1
. "$hpc_1"/command.sh' "${hpc_shell##*/}" "$hpc_run" "$HPC_CODE_DIR" "$hpc_tmp/problem"
  fi
}

# Watches the time of tasks: one process for the whole element, which reads from a file when the present task is due. (One for each task
# had to be ended with it, and a shell may miss a signal that comes just before it waits.)
hpc_start_watch() {
  hpc_watch=''
  [ "$HPC_TASK_SECONDS" -gt 0 ] || return 0
  : >"$hpc_tmp/due"
  (
    trap '' USR1 USR2 INT HUP
    trap - TERM ALRM
    exec 3>&- 4>&- 5<&- 6<&- 7<&- 8<&-
    while [ -e "$hpc_tmp/due" ] && kill -0 $$; do
      hpc_left=1 hpc_due=''
      # It may be empty, for it is about to be written.
      if read -r hpc_due <"$hpc_tmp/due" && [ -n "$hpc_due" ]; then
        hpc_clock
        hpc_left=$(((hpc_due - hpc_now + 99) / 100))
        if [ $hpc_left -le 0 ]; then kill -ALRM $$ && hpc_left=1; fi
        # Short, as nobody ends this sleep when the element ends.
        [ $hpc_left -le 10 ] || hpc_left=10
      fi
      sleep $hpc_left
    done
  ) >/dev/null 2>&1 </dev/null &
  hpc_watch=$!
}

hpc_launch() {
  hpc_late='' hpc_stopping='' hpc_timer=''
  if [ -n "$hpc_watch" ]; then
    hpc_due=$((hpc_now + HPC_TASK_SECONDS * 100))
    printf '%s\n' $hpc_due >"$hpc_tmp/due"
  fi
  [ $hpc_launcher != monitor ] || set -m
  (hpc_task) &
  hpc_child=$!
  [ $hpc_launcher != monitor ] || set +m
  # One that came before the child had a number.
  [ -z "$hpc_got" ] || hpc_stop_child
}

hpc_await() {
  hpc_wait $hpc_child
  hpc_task_code=$hpc_code
  hpc_child=''
  # Others of its group may have time to the end of the grace.
  [ -z "$hpc_timer" ] || hpc_wait $hpc_timer
  # A scheduler that signals every process reaches the task sometimes a moment before us.
  case $hpc_task_code in
    130 | 137 | 138 | 140 | 143) [ -n "$hpc_got$hpc_late" ] || sleep 1 ;;
  esac
}

# Sets hpc_text to how many processes of this job the kernel has ended for their memory; 0 where it does not say.
hpc_count_kills() {
  hpc_text=0
  [ -r /proc/self/cgroup ] || return 0
  while IFS=: read -r hpc_word hpc_rest hpc_path; do
    case $hpc_word:,$hpc_rest, in
      *,memory,*) hpc_path=/sys/fs/cgroup/memory$hpc_path/memory.oom_control ;;
      0:,,) hpc_path=/sys/fs/cgroup$hpc_path/memory.events ;;
      *) continue ;;
    esac
    [ -r "$hpc_path" ] || continue
    while IFS=' ' read -r hpc_word hpc_rest; do
      [ "$hpc_word" != oom_kill ] || hpc_text=$hpc_rest
    done <"$hpc_path"
  done </proc/self/cgroup
} 2>/dev/null

# True if there were more of them since the last call.
hpc_out_of_memory() {
  hpc_old_kills=$hpc_kills
  hpc_count_kills
  hpc_kills=$hpc_text
  [ "$hpc_kills" -gt "$hpc_old_kills" ]
} 2>/dev/null

# Sets hpc_state and hpc_why from how the task ended.
hpc_judge() {
  hpc_state=failed hpc_why='' hpc_again=''
  if [ $hpc_task_code -eq 0 ] && [ ! -e "$hpc_tmp/problem" ]; then
    # Many programs save their state and exit with 0 when they are told to stop: then only results tell that it had finished.
    if [ -z "$hpc_stopping" ] || [ -s "$hpc_work/metrics.json" ]; then
      hpc_state=complete
      return
    fi
  fi
  if [ -n "$hpc_late" ]; then
    hpc_state=timeout hpc_why="its limit of $HPC_TASK_SECONDS s was over"
  elif [ -n "$hpc_got" ]; then
    hpc_again=again
    if [ -e "$hpc_run/stopped" ]; then
      hpc_state=cancelled hpc_why="the run was stopped"
    elif hpc_time_is_up; then
      hpc_state=timeout hpc_why="the time of the element was over"
    else
      hpc_state=preempted hpc_why="the scheduler sent $hpc_got"
    fi
  elif [ -e "$hpc_tmp/problem" ]; then
    IFS= read -r hpc_why <"$hpc_tmp/problem"
    hpc_why="dispatcher: $hpc_why"
    case $hpc_why in "dispatcher: the preamble "*) hpc_why=${hpc_why#*: } ;; *) hpc_again=again ;; esac
    rm -f -- "$hpc_tmp/problem"
    return
  elif hpc_out_of_memory; then
    # A script may go on when a program in it was ended, and exit with a code of its own.
    hpc_state=out_of_memory hpc_why='the kernel ended it, or a program in it, at the memory limit of the element'
  elif [ -e "$hpc_run/stopped" ]; then
    # Slurm signals the task itself, which may be gone before we hear of it.
    hpc_again=again hpc_state=cancelled hpc_why="the run was stopped"
  elif [ $hpc_task_code -gt 128 ] && [ $hpc_task_code -lt 160 ]; then
    hpc_why="exit code $hpc_task_code, probably signal $((hpc_task_code - 128))"
  fi
  [ -z "$hpc_stopping" ] || hpc_why="$hpc_why; signal ${hpc_got:-ALRM}, $hpc_first_signal sent by launcher $hpc_launcher"
  rm -f -- "$hpc_tmp/problem"
}

# By our own clock: the schedulers signal the grace and up to a minute and a half before the end.
hpc_time_is_up() {
  [ "$HPC_ELEMENT_SECONDS" -gt 0 ] && [ $(((hpc_now - hpc_began) / 50)) -ge "$HPC_ELEMENT_SECONDS" ] &&
    [ $(((hpc_now - hpc_began) / 100 + HPC_PREEMPT_GRACE_SEC + 90)) -ge "$HPC_ELEMENT_SECONDS" ]
}

# Moves the files of folder $1 of the work folder, which is the current one, and of those below it; $1 is empty or ends in a slash.
hpc_move_folder() {
  hpc_files=0
  for hpc_file in "$1"* "$1".[!.]* "$1"..?*; do
    [ -f "$hpc_file" ] && [ ! -h "$hpc_file" ] && [ -s "$hpc_file" ] && [ "$hpc_file" != metrics.json ] || continue
    [ $hpc_files -gt 0 ] || mkdir -p -- "$hpc_results/$1" || return 1
    set -- "$@" "./$hpc_file"
    hpc_files=$((hpc_files + 1))
    [ $# -gt 200 ] || continue
    hpc_move_files "$@" || return 1
    set -- "$1"
  done
  [ $# -eq 1 ] || hpc_move_files "$@" || return 1
  hpc_moved=$((hpc_moved + hpc_files))
  for hpc_file in "$1"* "$1".[!.]* "$1"..?*; do
    [ ! -d "$hpc_file" ] || [ -h "$hpc_file" ] || hpc_move_folder "$hpc_file/" || return 1
  done
}

hpc_move_files() {
  hpc_to_folder=$hpc_results/$1
  shift
  mv -f -- "$@" "$hpc_to_folder"
}

# Moves what the attempt wrote to its results, metrics.json last. A signal must not end the tools in the middle.
hpc_promote() (
  trap '' TERM USR1 USR2 INT HUP ALRM
  cd "$hpc_work" || exit 1
  hpc_moved=0
  hpc_move_folder '' || exit 1
  if [ -f metrics.json ] && [ ! -h metrics.json ] && [ -s metrics.json ]; then
    hpc_moved=$((hpc_moved + 1))
    mkdir -p -- "$hpc_results" || exit 1
  fi
  [ $hpc_moved -gt 0 ] || exit 0
  mkdir -p -- "$hpc_results" && printf '%s %s\n' "$HPC_IDENTITY" "$hpc_attempt" >"$hpc_results/.hpc_stamp" || exit 1
  [ ! -s metrics.json ] || [ -h metrics.json ] || [ ! -f metrics.json ] || mv -f -- ./metrics.json "$hpc_results/"
)

# True if the folder $1 holds nothing.
hpc_is_empty() {
  for hpc_file in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    [ ! -e "$hpc_file" ] && [ ! -h "$hpc_file" ] || return 1
  done
}

# Appends a log of a successful task to the element's file, as other programs read it. A large one stays alone, and one that cannot be
# appended: then a new file is begun, as nobody reads beyond a torn end.
hpc_join_log() {
  if [ "$hpc_joined_in" != "$hpc_logs" ]; then
    hpc_joined_in=$hpc_logs hpc_tries=1
    while hpc_joined=$hpc_logs/$hpc_first-$hpc_last.$hpc_tries.log; ! (set -C; : >"$hpc_joined") 2>/dev/null; do
      hpc_tries=$((hpc_tries + 1))
      [ $hpc_tries -lt 1000 ] || return 1
    done
  fi
  hpc_size=$(wc -c <"$hpc_log") || return 1
  hpc_size=$((hpc_size))
  [ $hpc_size -le 1048576 ] || return 1
  {
    printf '==> task %s attempt %s, %s bytes <==\n' "$hpc_id" "$hpc_attempt" $hpc_size &&
      dd bs=$hpc_size count=1 <"$hpc_log" 2>/dev/null && printf '\n'
  } 2>/dev/null >>"$hpc_joined" && return 0
  hpc_joined_in=''
  return 1
}

# After exit 0: keeps results and log. Sets hpc_why if it cannot.
hpc_keep() {
  if hpc_is_empty "$hpc_work"; then :; else
    hpc_remember "p $hpc_id $hpc_attempt $hpc_took"
    hpc_tries=0
    until hpc_why=$(hpc_promote 2>&1); do
      hpc_tries=$((hpc_tries + 1))
      [ $hpc_tries -lt 3 ] && [ -d "$hpc_work" ] || return 1
      sleep 1
    done
  fi
  hpc_why=''
  if [ ! -s "$hpc_log" ] || { [ $hpc_first -lt $hpc_last ] && hpc_join_log; }; then
    rm -rf -- "$hpc_work" "$hpc_log" 2>/dev/null
  else
    rm -rf -- "$hpc_work" 2>/dev/null
  fi
}

# Takes the outcome of the attempt into memory and events.
hpc_finish() {
  if [ $hpc_state = complete ]; then
    hpc_keep || hpc_state=failed hpc_why="dispatcher: its results could not be moved into place: $hpc_why" hpc_again=again
  else
    # Only an empty folder goes: what a failed attempt wrote stays for its owner to look at.
    hpc_is_empty "$hpc_work" && rmdir "$hpc_work" 2>/dev/null
  fi
  hpc_remember "e $hpc_id $hpc_attempt ${hpc_again:-$hpc_state} ${hpc_task_code:--} ${hpc_took:--}"
  hpc_end "$hpc_id" "$hpc_attempt" $hpc_state "$hpc_task_code" "$hpc_took" "$hpc_why"
  [ $hpc_state = complete ] || hpc_bad=1
}

# Records that the task could not be started, and why: $1.
hpc_fail() {
  hpc_clock
  hpc_task_code='' hpc_took=0 hpc_state=failed hpc_why="dispatcher: $1" hpc_again=again
  hpc_remember "s $hpc_id $hpc_attempt"
  hpc_finish
}

# Goes on where an earlier start of this element left the task. True if nothing is left to do.
hpc_settle() {
  hpc_attempt=$hpc_old_attempt hpc_took=${hpc_old_took#-} hpc_task_code=${hpc_old_exit#-}
  case $hpc_old_state in
    complete | failed | timeout)
      [ $hpc_old_state = complete ] || hpc_bad=1
      [ "$hpc_old_seen" = 1 ] || hpc_end $hpc_id $hpc_attempt $hpc_old_state "$hpc_task_code" "$hpc_took" 'its dispatcher ended before it could say so'
      return 0
      ;;
    moving)
      hpc_name_attempt
      hpc_state=complete hpc_again='' hpc_bad_before=$hpc_bad
      hpc_finish
      hpc_bad=$hpc_bad_before
      [ $hpc_state = complete ]
      return
      ;;
  esac
  if hpc_has_results && [ "$hpc_stamped" = "$hpc_attempt" ]; then
    hpc_remember "e $hpc_id $hpc_attempt complete 0 $hpc_old_took"
    hpc_end $hpc_id $hpc_attempt complete 0 "$hpc_took" 'repaired from its promoted results'
    return 0
  fi
  hpc_task_code=''
  if [ $hpc_old_state = open ]; then
    hpc_remember "e $hpc_id $hpc_attempt again - -"
    hpc_end $hpc_id $hpc_attempt lost '' '' 'it was running when its dispatcher ended without a word'
  fi
  return 1
}

# Sets hpc_why if no further task may start.
hpc_gate() {
  hpc_why=''
  if [ -n "$hpc_got" ]; then
    hpc_why="the scheduler sent $hpc_got"
  elif [ -e "$hpc_run/stopped" ]; then
    hpc_why='the run was stopped'
  elif [ "$HPC_ELEMENT_SECONDS" -gt 0 ]; then
    hpc_clock
    hpc_left=$((HPC_ELEMENT_SECONDS - HPC_PREEMPT_GRACE_SEC - (hpc_now - hpc_began) / 100))
    # The first task of an element always has its turn: an element without packing asks for no more than the task's own limit.
    if [ -n "$hpc_ran" ] && { [ $hpc_left -le 0 ] || [ $hpc_left -lt "$HPC_TASK_SECONDS" ]; }; then
      hpc_why="$hpc_left s are left for it"
    fi
  fi
  [ -z "$hpc_why" ]
}

# One task from its record to its end; false if no further task may start.
hpc_do_task() {
  hpc_old_state=new
  [ -z "$hpc_recalls" ] || IFS=' ' read -r hpc_old_attempt hpc_old_state hpc_old_seen hpc_old_exit hpc_old_took <&6
  case $hpc_old_state in complete | failed | timeout) hpc_settle && return 0 ;; esac
  hpc_attempt=$((HPC_ATTEMPT_BASE + 1))
  [ $hpc_old_state = new ] || hpc_attempt=$((hpc_old_attempt + 1))
  if ! hpc_read_record; then
    hpc_gate || return 1
    hpc_work=$hpc_tmp/nothing
    hpc_fail 'its record in the task table could not be read'
    return 0
  fi
  hpc_locate
  if [ $hpc_old_state != new ]; then
    hpc_clock
    hpc_settle && return 0
    hpc_attempt=$((hpc_old_attempt + 1))
  elif hpc_has_results; then
    hpc_clock
    hpc_has_event "$hpc_id" "$hpc_stamped" ||
      hpc_end $hpc_id "$hpc_stamped" complete 0 '' 'repaired from its promoted results'
    return 0
  fi
  hpc_gate || return 1
  hpc_run_attempt
}

hpc_run_attempt() {
  hpc_ran=1
  hpc_name_attempt
  hpc_clock
  hpc_start=$hpc_now
  if ! hpc_make_folders; then
    # A signal may have ended the tool.
    [ -z "$hpc_got" ] || { hpc_gate; return 1; }
    hpc_fail "its work folder could not be made: $hpc_why"
    return 0
  fi
  if [ -z "$hpc_shell" ]; then
    hpc_fail "the shell $HPC_SHELL is not on this node"
    return 0
  fi
  hpc_seconds $hpc_now
  if ! hpc_flush "1 $hpc_text start $hpc_id $hpc_attempt"; then
    rmdir "$hpc_work"
    hpc_why='events cannot be written'
    return 1
  fi
  hpc_remember "s $hpc_id $hpc_attempt"
  hpc_launch
  hpc_await
  hpc_clock
  hpc_took=$((hpc_now - hpc_start))
  hpc_judge
  hpc_finish
}

# ---- the element

hpc_find_shell() {
  if [ -n "$HPC_SHELL" ]; then
    hpc_shell=$(command -v "$HPC_SHELL") || hpc_shell=''
  else
    hpc_shell=$(command -v bash) || hpc_shell=$(command -v sh) || hpc_shell=/bin/sh
  fi
}

hpc_identify_node() {
  # The name that the scheduler knows the node by, where it says: by it a node can be left out later.
  hpc_host=${SLURMD_NODENAME-} hpc_boot=''
  [ -n "$hpc_host" ] || [ ! -r /proc/sys/kernel/hostname ] || read -r hpc_host </proc/sys/kernel/hostname
  [ -n "$hpc_host" ] || hpc_host=$(uname -n)
  hpc_host=${hpc_host%%.*}
  [ ! -r /proc/sys/kernel/random/boot_id ] || read -r hpc_boot </proc/sys/kernel/random/boot_id
  [ -n "$hpc_boot" ] || hpc_boot=$(uptime -s 2>/dev/null || who -b 2>/dev/null || echo unknown)
  case $hpc_boot in *[!0-9a-f-]* | '') hpc_boot=$(printf %s "$hpc_boot" | cksum) ;; esac
  hpc_rest=${hpc_boot#????????}
  hpc_boot=${hpc_boot%"$hpc_rest"}
}

hpc_make_tmp() {
  hpc_tries=0
  while :; do
    for hpc_word in "${TMPDIR:-/tmp}" /tmp "$hpc_run/elements"; do
      hpc_tmp=$hpc_word/hpc.$$.$hpc_array.$hpc_element.$hpc_tries
      mkdir -m 700 "$hpc_tmp" "$hpc_tmp/task" 2>/dev/null && return 0
    done
    hpc_tmp=''
    hpc_tries=$((hpc_tries + 1))
    [ $hpc_tries -lt 20 ] || hpc_die 'no private folder can be made in TMPDIR, /tmp or the run'
  done
}

hpc_start() {
  for hpc_word in HPC_RUN_ID HPC_TASK_ID; do eval "hpc_text=\${$hpc_word-}"; eval "hpc_inherited_$hpc_word=\$hpc_text"; done
  [ -r "$hpc_run/run.conf" ] && [ -r "$hpc_run/arrays/$hpc_array.conf" ] && [ -r "$hpc_run/command.sh" ] ||
    hpc_die "run.conf, arrays/$hpc_array.conf or command.sh cannot be read in $hpc_run"
  . "$hpc_run/run.conf"
  . "$hpc_run/arrays/$hpc_array.conf"
  [ -z "$hpc_inherited_HPC_TASK_ID" ] || [ "$hpc_inherited_HPC_RUN_ID" != "$HPC_RUN_ID" ] ||
    hpc_die "task $hpc_inherited_HPC_TASK_ID of this run starts the dispatcher of this run"
  hpc_clock_start
  hpc_began=$hpc_now
  hpc_identify_node
  hpc_count_kills
  hpc_kills=$hpc_text
  mkdir -p "$hpc_run/events" "$hpc_run/elements" "$hpc_run/logs" "$hpc_run/results" || hpc_say "cannot make folders in $hpc_run"
  hpc_make_tmp
  HPC_TASK_TMP=$hpc_tmp/task HPC_TABLE_DIR=$hpc_run/tasks
  hpc_events=$hpc_run/events/$hpc_host@$hpc_boot.log
  hpc_memory=$hpc_run/elements/$hpc_array.$hpc_element
}

# Opens the tasks of the element, places $1 to $2 of its array: consecutive ids, or those that the list of a resumption names.
hpc_open_tasks() {
  hpc_list=''
  if [ "${HPC_TASK_LIST:-0}" = 1 ]; then
    hpc_list=$hpc_tmp/list
    dd if="$hpc_run/arrays/$hpc_array.tasks" bs=13 skip=$1 count=$(($2 - $1 + 1)) 2>/dev/null >"$hpc_list"
    { read -r hpc_first && hpc_last=$hpc_first && while read -r hpc_word; do hpc_last=$hpc_word; done; } <"$hpc_list"
    exec 8<"$hpc_list"
  else
    hpc_first=$((HPC_FIRST_TASK + $1)) hpc_last=$((HPC_FIRST_TASK + $2))
    dd if="$HPC_TABLE_DIR/tasks.idx" bs=13 skip=$hpc_first count=$((hpc_last - hpc_first + 2)) 2>/dev/null >"$hpc_tmp/idx"
    exec 7<"$hpc_tmp/idx"
    IFS=' ' read -r hpc_to <&7
    hpc_id=$((hpc_first - 1))
  fi
}

# Sets hpc_id to the next task of the element and hpc_from and hpc_to to the place of its record; false after the last.
hpc_next_task() {
  if [ -n "$hpc_list" ]; then
    IFS=' ' read -r hpc_id <&8 || return 1
    hpc_from=0 hpc_to=0
    dd if="$HPC_TABLE_DIR/tasks.idx" bs=13 skip=$hpc_id count=2 2>/dev/null >"$hpc_tmp/idx"
    { IFS=' ' read -r hpc_from && IFS=' ' read -r hpc_to; } <"$hpc_tmp/idx" || hpc_to=0
  else
    [ $hpc_id -lt $hpc_last ] || return 1
    hpc_id=$((hpc_id + 1)) hpc_from=$hpc_to hpc_to=0
    IFS=' ' read -r hpc_to <&7
  fi
  return 0
}

hpc_run_element() {
  hpc_from=$(((hpc_element - 1) * HPC_ARRAY_TASKS / HPC_ELEMENTS)) hpc_to=$((hpc_element * HPC_ARRAY_TASKS / HPC_ELEMENTS - 1))
  [ "$hpc_element" -ge 1 ] && [ "$hpc_element" -le "$HPC_ELEMENTS" ] || hpc_die "array $hpc_array has no element $hpc_element"
  [ $hpc_from -le $hpc_to ] || return 0
  hpc_open_tasks $hpc_from $hpc_to
  hpc_find_shell
  hpc_choose_launcher
  hpc_start_watch
  hpc_recalls='' hpc_old_seen=''
  hpc_word=''
  [ ! -s "$hpc_memory" ] || hpc_word=1
  { : >>"$hpc_memory"; } 2>/dev/null && exec 4>>"$hpc_memory" || exec 4>/dev/null
  [ -z "$hpc_word" ] || hpc_recall
  while hpc_next_task; do
    if ! hpc_do_task; then
      hpc_bad=1
      hpc_note "not_started $hpc_id-$hpc_last: $hpc_why"
      return
    fi
  done
  hpc_flush ''
}

hpc_held='' hpc_torn='' hpc_got='' hpc_child='' hpc_stopping='' hpc_bad=0 hpc_ran='' hpc_position='' hpc_scanned='' hpc_made='' hpc_made_logs=''
hpc_joined_in='' hpc_old_state=new
exec 3>&2 4>/dev/null
# Whatever goes wrong in this script itself: Grid Engine takes some codes for orders.
trap '[ $? -le 1 ] || exit 1' EXIT
for hpc_word in TERM USR1 USR2 INT HUP; do trap "hpc_on_signal $hpc_word" $hpc_word; done
trap hpc_on_alarm ALRM
hpc_start
hpc_fence
hpc_run_element
hpc_sweep
exit $hpc_bad
