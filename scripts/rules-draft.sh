#!/usr/bin/env bash
# Start the job that drafts rules from what a quarantine volume holds, or join it; the draft has no value of a document.
#
# @host worker
# @timeout_seconds 300
# @param refresh_id ^[a-z0-9][a-z0-9-]{0,62}$ The refresh that this is for.
# @param quarantine_volume_id ^vol-[0-9a-f]{8,17}$ Where to read; its mongod is open.
# @param toolkit_sha256 ^[0-9a-f]{64}$ The toolkit to work with, installed before.
# @param reports_bucket ^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$ Where the job puts the draft.
set -euo pipefail

# include lib/verb.sh
# include lib/volume.sh
# include lib/mongosh.sh
# include lib/mongod.sh
# include lib/toolkit.sh
# include lib/job.sh
# include lib/job_script.sh

# What the scan says, its draft too, lies on the quarantine volume until it is whole.
draft_script() { # FOLDER
  job_beginning "$1" "$SSM_toolkit_sha256"
  printf 'socket=%q work=%q\n' "$(volume_socket "$SSM_quarantine_volume_id")" "$(volume_path "$SSM_quarantine_volume_id")"
  cat <<'JOB'
env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN \
  PYTHONPATH="$toolkit" PYTHONDONTWRITEBYTECODE=1 TMPDIR="$work" \
  python3 -m anonymizer scan --source-socket "$socket" --output "$work/understudy-rules.yaml" --force \
  &>>"$work/understudy-draft.log"
code=$?
if ((code == 0)); then
  python3 -c 'import json, pathlib, sys; print(json.dumps({"rules": pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")}))' \
    "$work/understudy-rules.yaml" >"$folder/result.json" || finish failed 5 "the draft $work/understudy-rules.yaml cannot be read"
fi
finish_as draft "$code" "$work/understudy-draft.log"
JOB
}

folder=$(job_folder "$SSM_refresh_id" draft)
lock "$SSM_refresh_id-draft"
if [[ ! -f $folder/state.json ]] && ! job_runs "$SSM_refresh_id" draft; then
  require_toolkit "$SSM_toolkit_sha256"
  require_open "$SSM_quarantine_volume_id"
  mkdir -p "$folder"
  chmod 0700 "$folder"
  rm -f "$folder/result.json"
  draft_script "$folder" | write_file "$folder/job.sh" 0600
  start_job "$SSM_refresh_id" draft 80%
fi
job_state "$SSM_refresh_id" draft
