#!/bin/sh
# One element of an array under Grid Engine: it puts the scheduler's facts under this program's names and becomes the dispatcher.
# What stands between at signs is filled in when it is rendered, quoted for the shell. All options go to qsub itself (with -C '', so
# that no line of this file is taken for one); a GPU needs nothing else here.

# Output is redirected here and not by -o, whose path may hold no colon, comma or dollar sign; a folder that is full or
# gone must not put the job into the error state.
hpc_output=@OUTPUT_FOLDER@/"${JOB_NAME:-job}.${SGE_TASK_ID:-0}.out"
if (: >>"$hpc_output") 2>/dev/null; then exec >>"$hpc_output" 2>&1; fi
unset hpc_output

# The submitter's PATH goes last, so that the scheduler's own programs are found where they lie elsewhere than usual.
PATH=${PATH:-/usr/local/bin:/usr/bin:/bin}${SGE_O_PATH:+:$SGE_O_PATH}
HPC_RUN_DIR=@RUN_FOLDER@
HPC_SCHEDULER=sge
HPC_NODE=${HOSTNAME:-$(uname -n)}
HPC_CPUS=${NSLOTS:-1}
# Grid Engine says only whether, not how often, it has started this element before.
HPC_RESTART_COUNT=${RESTARTED:-0}
# From its start to the first signal, in seconds; empty if no time was asked for.
HPC_ELEMENT_SECONDS=@ELEMENT_SECONDS@

for hpc_folder in "${TMPDIR:-}" /tmp /var/tmp "$HPC_RUN_DIR"; do
    if [ -n "$hpc_folder" ] && [ -d "$hpc_folder" ] && [ -w "$hpc_folder" ]; then break; fi
done
TMPDIR=$hpc_folder
unset hpc_folder
export PATH TMPDIR HPC_RUN_DIR HPC_SCHEDULER HPC_NODE HPC_CPUS HPC_RESTART_COUNT HPC_ELEMENT_SECONDS

# The exit is 0 or 1 and nothing else: 99 means "start it again", without end, and 100 puts the job into the error state, in which
# it waits for ever.
case ${SGE_TASK_ID:-} in
'' | *[!0-9]*)
    echo "hpc-agent: this is no element of an array: SGE_TASK_ID is '${SGE_TASK_ID:-}'" >&2
    exit 1
    ;;
esac
if [ ! -r "$HPC_RUN_DIR/dispatch.sh" ]; then
    echo "hpc-agent: $HPC_NODE cannot read $HPC_RUN_DIR/dispatch.sh" >&2
    exit 1
fi
exec /bin/sh "$HPC_RUN_DIR/dispatch.sh" "$HPC_RUN_DIR" @INDEX@ "$SGE_TASK_ID" "$JOB_ID"
