# shellcheck shell=bash
# Long work on a host: a job is known by its refresh and step, outlives the command that started it, and is joined, not started twice.
#
# Its folder holds parameters (what it was started with), job.sh, progress.json, result.json and, once it has ended, state.json.
# What the anonymizer says on stderr might quote a document in an error of the driver: that log lies on the quarantine volume.

job_folder() { echo "$state_root/$1/$2"; }                          # REFRESH_ID STEP
job_unit() { echo "understudy-$1-$2.service"; }                     # REFRESH_ID STEP
job_runs() { systemctl is-active --quiet "$(job_unit "$1" "$2")"; } # REFRESH_ID STEP

# One JSON line: what is known of the job, its progress in it.
job_state() { # REFRESH_ID STEP
  local running=false
  ! job_runs "$1" "$2" || running=true
  python3 - "$(job_folder "$1" "$2")" "$running" <<'PYTHON'
import json
import pathlib
import sys

folder, running = pathlib.Path(sys.argv[1]), sys.argv[2] == "true"


def read(name, default):
    try:
        return json.loads((folder / name).read_text())
    except (OSError, ValueError):
        return default


# The unit was asked first: a job that has just ended has written its state by now.
state = read("state.json", None)
if state is None and running:
    state = {"state": "running", "exit_code": None}
elif state is None and folder.exists():
    reason = "the job ended without saying how (out of memory, or the host was restarted): it may be started again"
    state = {"state": "failed", "exit_code": None, "reason": reason}
elif state is None:
    state = {"state": "failed", "exit_code": None, "reason": "there is no such job on this host"}
progress = read("progress.json", {})
if len(json.dumps(progress)) > 16_000:  # Run Command cuts at 24,000 characters
    progress = {"too_long": True}
print(json.dumps({**state, "progress": progress}))
PYTHON
}

# A transient unit starts with an empty environment. What names the region, and what stands in for the instance's role where there
# is no instance metadata, is passed on by name, so that no value is in argv.
job_environment() {
  local name
  for name in AWS_ENDPOINT_URL AWS_REGION AWS_DEFAULT_REGION AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN; do
    [[ -z ${!name:-} ]] || echo "--setenv=$name"
  done
}

start_job() { # REFRESH_ID STEP MEMORY_MAX
  local unit environment
  unit=$(job_unit "$1" "$2")
  mapfile -t environment < <(job_environment)
  service systemctl reset-failed "$unit" &>/dev/null || true
  service systemd-run --quiet --unit="$unit" --property=MemoryMax="$3" --property=MemorySwapMax=0 --property=LimitCORE=0 \
    "${environment[@]}" bash "$(job_folder "$1" "$2")/job.sh" >&2
}

stop_job() { # REFRESH_ID STEP
  job_runs "$1" "$2" || return 0
  service systemctl stop "$(job_unit "$1" "$2")"
}
