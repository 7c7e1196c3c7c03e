#!/bin/sh
# Packs the metrics of complete tasks, wave by wave:  /bin/sh pack.sh RUN TASKS WAVE LIMIT MOST TEMPLATE AUDIT
#
# RUN is the run's folder; TASKS how many tasks it has; WAVE how many of them make a wave (a multiple of 1000); LIMIT the largest metrics.json in
# bytes; MOST how many files may be read here, or - for any number; TEMPLATE 1 if folders of results are named by the task table; AUDIT 1 to compare what
# was packed with the files. pack.awk lies beside this script. RUN/waves/N.ndjson holds the records of wave N, RUN/waves/N.pack what it was made of:
#   LISTSUM LISTBYTES SUM BYTES RECORDS PROBLEMS CHANGED    (cksum of the listing of its files, and of the pack)
# Both appear by rename. A wave whose tasks all have their record is final, and only an audit looks at its files again, which changes no pack: it may be
# all that is left of them. Any other wave is packed again when its listing differs. Prints, a line each:
#   wave N SUM BYTES RECORDS PROBLEMS CHANGED fresh|kept
#   failed N WHY
#   pending FILES       more files than MOST are to be read: nothing was packed
#   nothing             there is no folder of results
#   differs N WHAT      (audit) the files of a final wave are not those that were packed
#   stray ID            (audit) there are results of a task that the run does not have
# POSIX sh: dash, bash and busybox; find, awk, cksum, cmp, sort, wc.

hpc_run=$1 hpc_tasks=$2 hpc_size=$3 hpc_limit=$4 hpc_most=$5 hpc_template=$6 hpc_audit=${7-0}
LC_ALL=C
export LC_ALL
unset IFS TIME_STYLE
hpc_waves=$hpc_run/waves
hpc_me=.$(uname -n).$$
case $0 in */*) hpc_awk_file=$(cd "${0%/*}" && pwd)/pack.awk ;; *) hpc_awk_file=$PWD/pack.awk ;; esac

hpc_sweep() { rm -f "$hpc_waves"/.*"$hpc_me"; }

# Chooses an awk whose lengths are bytes.
hpc_choose_awk() {
  for hpc_awk in ${HPC_PACK_AWK:+"$HPC_PACK_AWK"} mawk awk gawk 'busybox awk' original-awk; do
    $hpc_awk 'BEGIN { exit length("\303\251") != 2 }' </dev/null 2>/dev/null && return 0
  done
  echo 'failed - no awk here counts bytes' && exit 1
}

# Lists the metrics files below folders: TYPE SIZE TIME - PATH.
hpc_list() {
  if [ -n "$hpc_printf" ]; then
    find "$@" -name '_wip_*' -prune -o -name metrics.json -printf '%y %s %T@ - %p\n'
  else
    find "$@" -name '_wip_*' -prune -o -name metrics.json -exec ls -lnd {} + | $hpc_awk '
      { at = index($0, " ./"); type = substr($0, 1, 1); if (at) print (type == "-" ? "f" : type), $5, $6 "_" $7 "_" $8, "-", substr($0, at + 1) }'
  fi
}

# The folder of each task, in their order, from the task table. Its index says where a record ends, for a value may look like anything.
hpc_read_folders() {
  [ ! -s "$hpc_waves/folders" ] || return 0
  hpc_index=$hpc_run/tasks/tasks.idx
  export hpc_index
  $hpc_awk '
    BEGIN { lines = ENVIRON["hpc_index"]; getline to < lines; getline to < lines }
    index($0, "HPC_RESULT_FOLDER=\047") == 1 { folder = $0 }
    { at += length($0) + 1
      if (at < to + 0) next
      folder = substr(folder, 20, length(folder) - 20)
      gsub(/\047\\\047\047/, "\047", folder)
      gsub(/\/\/+/, "/", folder)
      print id++, "./" folder
      folder = ""
      if ((getline to < lines) <= 0) exit }' "$hpc_run/tasks/tasks.tab" >"$hpc_waves/.folders$hpc_me" &&
    mv -f "$hpc_waves/.folders$hpc_me" "$hpc_waves/folders"
}

# Lists all waves at once: which folder belongs to which task only the table tells.
hpc_list_by_table() {
  hpc_read_folders || { echo 'failed - the task table cannot be read'; exit 1; }
  export hpc_waves hpc_me
  hpc_list . | $hpc_awk '
    BEGIN { folders = ENVIRON["hpc_waves"] "/folders"; while ((getline line < folders) > 0) { at = index(line, " "); task[substr(line, at + 1)] = substr(line, 1, at - 1) } }
    { path = substr($0, index($0, " ./") + 1); folder = substr(path, 1, length(path) - length("/metrics.json")) }
    folder in task { print $1, $2, $3, task[folder], path }' | sort -n -k 4,4 | $hpc_awk -v size="$hpc_size" '
    { wave = int($4 / size); file = ENVIRON["hpc_waves"] "/." wave ".raw" ENVIRON["hpc_me"]; if (file != open) { if (open != "") close(open); open = file } print >file }'
}

# Sets the tasks of wave $1 and the place of its listing.
hpc_open_wave() {
  hpc_first=$(($1 * hpc_size)) hpc_last=$((($1 + 1) * hpc_size - 1))
  [ $hpc_last -lt "$hpc_tasks" ] || hpc_last=$((hpc_tasks - 1))
  hpc_raw=$hpc_waves/.$1.raw$hpc_me
}

# Lists wave $1.
hpc_list_wave() {
  hpc_open_wave "$1"
  [ "$hpc_template" != 1 ] || return 0
  set --
  hpc_shard=$((hpc_first / 1000))
  while [ $hpc_shard -le $((hpc_last / 1000)) ]; do
    [ ! -d "./$hpc_shard" ] || set -- "$@" "./$hpc_shard"
    hpc_shard=$((hpc_shard + 1))
  done
  [ $# -eq 0 ] || hpc_list "$@" >"$hpc_raw"
}

# Sets hpc_kept to what is known of the pack of wave $1, and fails if there is none.
hpc_read_pack() {
  hpc_kept='' hpc_old_sum='' hpc_old_bytes=''
  [ -s "$hpc_waves/$1.ndjson" ] && read -r hpc_old_sum hpc_old_bytes hpc_kept 2>/dev/null <"$hpc_waves/$1.pack" && [ -n "$hpc_kept" ]
}

# Finds what is to be packed: hpc_dirty, and hpc_count files.
hpc_survey() {
  hpc_dirty='' hpc_final='' hpc_count=0 hpc_wave=0
  while [ $((hpc_wave * hpc_size)) -lt "$hpc_tasks" ]; do
    hpc_survey_wave $hpc_wave
    hpc_wave=$((hpc_wave + 1))
  done
}

hpc_survey_wave() {
  hpc_left=$((hpc_tasks - $1 * hpc_size))
  [ $hpc_left -le "$hpc_size" ] || hpc_left=$hpc_size
  # All of its tasks have their record, and completion is never taken back.
  if hpc_read_pack "$1"; then case $hpc_kept in *" $hpc_left 0 0")
    [ "$hpc_audit" != 1 ] || hpc_final="$hpc_final $1"
    return ;;
  esac; fi
  hpc_list_wave "$1"
  [ -s "$hpc_raw" ] || return 0
  hpc_sum=$(cksum <"$hpc_raw")
  case "$hpc_old_sum $hpc_old_bytes,$hpc_kept" in "$hpc_sum,"*" 0") return ;; esac
  hpc_dirty="$hpc_dirty $1"
  if [ "$hpc_most" = - ]; then hpc_begin "$1"; else hpc_count=$((hpc_count + $(wc -l <"$hpc_raw"))); fi
}

# Packs wave $1 while the next one is being listed; one at a time.
hpc_begin() {
  wait
  { if hpc_why=$(hpc_pack "$1" 2>&1); then : >"$hpc_waves/.$1.done$hpc_me"; else hpc_complain "$1" >"$hpc_waves/.$1.why$hpc_me"; fi; } &
}

# Adds wave $1, which was begun, to hpc_fresh, or says why not.
hpc_finish() {
  if [ -f "$hpc_waves/.$1.done$hpc_me" ]; then hpc_fresh="$hpc_fresh $1"
  elif ! cat "$hpc_waves/.$1.why$hpc_me" 2>/dev/null; then hpc_why='' && hpc_complain "$1"; fi
}

# Writes the records of wave $1 to hpc_out, and beside them what .pack is to say; says why and fails if it cannot.
hpc_write() {
  hpc_open_wave "$1"
  # By the environment: awk would read backslashes in a variable that is given as an argument.
  hpc_out=$hpc_waves/.$1.out$hpc_me hpc_meta=$hpc_waves/.$1.meta$hpc_me
  export hpc_out
  : >"$hpc_out" || return
  hpc_told=$($hpc_awk -v first=$hpc_first -v last=$hpc_last -v limit="$hpc_limit" -f "$hpc_awk_file" "$hpc_raw") ||
    { echo "awk ended with exit code $?" >&2; return 1; }
  hpc_sum=$(cksum <"$hpc_raw") && hpc_new=$(cksum <"$hpc_out") || return
  set -- $hpc_told
  [ $# -eq 4 ] && [ "${hpc_new#* }" = "$4" ] || { echo "of ${4-no} bytes ${hpc_new#* } were written" >&2; return 1; }
  hpc_bytes=$4
  printf '%s %s %s %s %s\n' "$hpc_sum" "$hpc_new" "$1" "$2" "$3" >"$hpc_meta"
}

# Packs wave $1; says why and fails if it cannot.
hpc_pack() {
  hpc_write "$1" || return
  # No file of the listing was a task's.
  [ "$hpc_bytes" = 0 ] || { mv -f "$hpc_out" "$hpc_waves/$1.ndjson" && mv -f "$hpc_meta" "$hpc_waves/$1.pack"; }
}

# Says that wave $1 could not be packed, and hpc_why in one line.
hpc_complain() { printf 'failed %s %s\n' "$1" "$(printf %s "${hpc_why:-its shell ended without a word}" | tr '\n' ' ')"; }

# Says of which tasks the packs $1 and $2 of a wave hold different records.
hpc_compare() {
  hpc_old=$1
  export hpc_old
  $hpc_awk '
    function id(text) { return substr(text, 9) + 0 }
    function next_old() { more = (getline line < ENVIRON["hpc_old"]) > 0 }
    function say(task) { if (n++ < 5) list = list " " task }
    BEGIN { next_old() }
    { while (more && id(line) < id($0)) { say(id(line)); next_old() }
      if (!more || id(line) != id($0)) say(id($0))
      else { if (line "" != $0 "") say(id($0)); next_old() } }
    END { while (more) { say(id(line)); next_old() }; print (n == 1 ? "task" : "tasks") list (n > 5 ? " and " n - 5 " more" : "") }' "$2"
}

# Says what is different if the files of the final wave $1 are no longer those that were packed. If only their times are others, that is noted.
hpc_compare_wave() {
  hpc_write "$1" || return
  if cmp -s "$hpc_out" "$hpc_waves/$1.ndjson"; then mv -f "$hpc_meta" "$hpc_waves/$1.pack"
  else hpc_compare "$hpc_waves/$1.ndjson" "$hpc_out"; fi
}

# Looks at the files of the final wave $1; they are read only where one has another length or time.
hpc_audit_wave() {
  hpc_read_pack "$1" || return
  hpc_list_wave "$1"
  : >>"$hpc_raw"
  [ "$(cksum <"$hpc_raw")" != "$hpc_old_sum $hpc_old_bytes" ] || return
  hpc_count=$((hpc_count + $(wc -l <"$hpc_raw")))
  if [ "$hpc_most" != - ] && [ $hpc_count -gt "$hpc_most" ]; then echo "differs $1 unread: too many files have another length or time"
  elif ! hpc_why=$(hpc_compare_wave "$1" 2>&1); then hpc_complain "$1"
  elif [ -n "$hpc_why" ]; then echo "differs $1 $hpc_why"; fi
}

hpc_is_id() { case $1 in '' | *[!0-9]* | 0?* | ????????????????*) return 1 ;; esac; }

# Results of tasks that the run does not have: of whole shards before the last one nothing can be too many.
hpc_list_strays() {
  for hpc_shard in *; do
    hpc_is_id "$hpc_shard" && [ $(((hpc_shard + 1) * 1000)) -gt "$hpc_tasks" ] || continue
    for hpc_id in "$hpc_shard"/*; do
      hpc_id=${hpc_id#*/}
      ! hpc_is_id "$hpc_id" || [ "$hpc_id" -lt "$hpc_tasks" ] || echo "stray $hpc_id"
    done
  done
}

hpc_report() {
  hpc_wave=0
  while [ $((hpc_wave * hpc_size)) -lt "$hpc_tasks" ]; do
    hpc_how=kept
    case "$hpc_fresh " in *" $hpc_wave "*) hpc_how=fresh ;; esac
    ! hpc_read_pack $hpc_wave || echo "wave $hpc_wave $hpc_kept $hpc_how"
    hpc_wave=$((hpc_wave + 1))
  done
}

# No task has begun; or the folder is gone, which the client can tell.
cd "$hpc_run/results" 2>/dev/null || { echo nothing; exit 0; }
mkdir -p "$hpc_waves" || { echo "failed - $hpc_waves cannot be made"; exit 1; }
trap hpc_sweep EXIT
# What was begun is ended first, so that nothing of it appears afterwards.
trap 'wait; exit 1' TERM INT HUP USR1 USR2
hpc_choose_awk
hpc_printf=
case $(find . -prune -printf '%y %s %T@' 2>/dev/null) in 'd '*' '[0-9]*) hpc_printf=1 ;; esac
case ${HPC_PACK_LIST-} in ls) hpc_printf= ;; esac
[ "$hpc_template" != 1 ] || hpc_list_by_table
hpc_survey
hpc_fresh=
if [ "$hpc_most" = - ]; then
  wait
  for hpc_wave in $hpc_dirty; do hpc_finish "$hpc_wave"; done
elif [ $hpc_count -gt "$hpc_most" ]; then
  echo "pending $hpc_count"
else
  for hpc_wave in $hpc_dirty; do
    if hpc_why=$(hpc_pack "$hpc_wave" 2>&1); then hpc_fresh="$hpc_fresh $hpc_wave"
    else hpc_complain "$hpc_wave"; fi
  done
fi
for hpc_wave in $hpc_final; do hpc_audit_wave "$hpc_wave"; done
[ "$hpc_audit$hpc_template" != 10 ] || hpc_list_strays
hpc_report
exit 0
