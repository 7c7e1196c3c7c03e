# shellcheck shell=bash
# Sources the parts in their order.  LIB_DIR is set by the script that sources this.
# shellcheck source=common.sh
. "$LIB_DIR/common.sh"
# shellcheck source=users.sh
. "$LIB_DIR/users.sh"
# shellcheck source=sshd.sh
. "$LIB_DIR/sshd.sh"
# shellcheck source=slurm.sh
. "$LIB_DIR/slurm.sh"
# shellcheck source=sge.sh
. "$LIB_DIR/sge.sh"
# shellcheck source=env.sh
. "$LIB_DIR/env.sh"
