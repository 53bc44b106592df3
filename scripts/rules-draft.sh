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

# What the anonymizer says may quote a document in an error of the driver: its log and its draft lie on the quarantine volume.
draft_script() { # FOLDER
  declare -f write_file
  declare -p SSM_reports_bucket SSM_refresh_id
  printf 'folder=%q toolkit=%q socket=%q work=%q\n' "$1" "$(toolkit_path "$SSM_toolkit_sha256")" \
    "$(volume_socket "$SSM_quarantine_volume_id")" "$(volume_path "$SSM_quarantine_volume_id")"
  cat <<'JOB'
set -uo pipefail
cd "$toolkit"
finish() { # STATE EXIT_CODE REASON
  python3 -c 'import json, sys; print(json.dumps({"state": sys.argv[1], "exit_code": int(sys.argv[2]), "reason": sys.argv[3] or None}))' \
    "$1" "$2" "$3" | write_file "$folder/state.json" 0600
  exit
}
umask 077
env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN \
  PYTHONPATH="$toolkit" PYTHONDONTWRITEBYTECODE=1 TMPDIR="$work" \
  python3 -m anonymizer scan --source-socket "$socket" --output "$work/understudy-rules.yaml" --force \
  &>>"$work/understudy-draft.log"
code=$?
if ((code != 0)); then
  finish failed "$code" "$(tail -n 1 "$work/understudy-draft.log")" # the anonymizer's own words, which hold no values
fi
python3 -c 'import json, pathlib, sys; print(json.dumps({"rules": pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")}))' \
  "$work/understudy-rules.yaml" >"$folder/result.json"
if ! aws s3 cp --only-show-errors "$folder/result.json" "s3://$SSM_reports_bucket/jobs/$SSM_refresh_id/draft.json" 2>"$folder/aws.log"; then
  finish failed 5 "cannot put the draft into s3://$SSM_reports_bucket: $(tail -n 1 "$folder/aws.log")"
fi
finish done 0 ""
JOB
}

folder=$(job_folder "$SSM_refresh_id" draft)
lock "$SSM_refresh_id-draft"
if [[ ! -f $folder/state.json ]] && ! job_runs "$SSM_refresh_id" draft; then
  require_toolkit "$SSM_toolkit_sha256"
  systemctl is-active --quiet "$(volume_unit "$SSM_quarantine_volume_id")" ||
    fail "volume $SSM_quarantine_volume_id is not open on this host: open it first"
  mkdir -p "$folder"
  chmod 0700 "$folder"
  draft_script "$folder" | write_file "$folder/job.sh" 0600
  start_job "$SSM_refresh_id" draft 80%
fi
job_state "$SSM_refresh_id" draft
