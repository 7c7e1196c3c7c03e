# shellcheck shell=bash
# env.json: what tests need to know.  Sourced last.

# Written after every up and down; gone when nothing runs, so that "no file" and "not up" are the same to a test.
write_env() {
  local service any=
  for service in $SERVICES; do "${service}_runs" && any=yes; done
  [ -n "$any" ] || { rm -f "$CLUSTER_DIR/env.json"; return 0; }
  {
    printf '{\n  "dir": "%s",\n  "user": "hpctest",\n  "home": "%s",\n' "$CLUSTER_DIR" "$(home_of hpctest)"
    printf '  "hosts": {"bash": "hpc-test", "csh": "hpc-test-csh", "fish": "hpc-test-fish", "nologin": "hpc-test-nologin", "noisy": "hpc-test-noisy"},\n'
    printf '  "sshd": {"up": %s},\n' "$(sshd_runs && echo true || echo false)"
    printf '  "ssh_config": "%s",\n  "ssh_log": "%s",\n  "ssh_port": %d,\n' "$SSH_CONFIG" "$SSH_LOG" "$SSH_PORT"
    printf '  "ssh_key": "%s",\n  "sshd_pid_file": "%s",\n' "$SSH_DIR/id_ed25519" "$RUN_DIR/sshd.pid"
    printf '  "slurm": %s,\n' "$(service_json slurm)"
    printf '  "sge": %s,\n' "$(service_json sge)"
    printf '  "fault": "%s"\n}\n' "${LIB_DIR%/lib}/fault"
  } | install_text "$CLUSTER_DIR/env.json" || true
}
service_json() { if "$1_runs"; then "$1_json"; else echo '{"up": false}'; fi; }
