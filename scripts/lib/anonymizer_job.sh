# shellcheck shell=bash
# The two jobs of the anonymizer take the same parameters and differ in one word.

anonymizer_parameters() {
  printf '%s\n' "$SSM_quarantine_volume_id" "$SSM_candidate_volume_id" "$SSM_toolkit_sha256" "$SSM_rules_sha256" "$SSM_key_parameter"
}

require_open() { # VOLUME_ID
  systemctl is-active --quiet "$(volume_unit "$1")" || fail "volume $1 is not open on this host: open it first"
}

fetch_rules() { # FOLDER
  local sum
  aws_or_fail "cannot fetch s3://$SSM_rules_bucket/$SSM_rules_key" \
    s3 cp --only-show-errors "s3://$SSM_rules_bucket/$SSM_rules_key" "$1/rules.json" >&2
  sum=$(sha256sum "$1/rules.json" | cut -d' ' -f1)
  [[ $sum == "$SSM_rules_sha256" ]] ||
    fail "s3://$SSM_rules_bucket/$SSM_rules_key has the hash $sum, not $SSM_rules_sha256: the rules were changed on their way"
}

# The job reads the pseudonym key itself, straight into the anonymizer's standard input.
job_script() { # FOLDER STEP COMMAND
  declare -f write_file
  declare -p SSM_key_parameter SSM_reports_bucket SSM_refresh_id
  printf 'folder=%q step=%q command=%q toolkit=%q\n' "$1" "$2" "$3" "$(toolkit_path "$SSM_toolkit_sha256")"
  printf 'source_socket=%q target_socket=%q log_path=%q\n' "$(volume_socket "$SSM_quarantine_volume_id")" \
    "$(volume_socket "$SSM_candidate_volume_id")" "$(volume_path "$SSM_quarantine_volume_id")/understudy-$2.log"
  cat <<'JOB'
set -uo pipefail
cd "$toolkit"
finish() { # STATE EXIT_CODE REASON
  python3 -c 'import json, sys; print(json.dumps({"state": sys.argv[1], "exit_code": int(sys.argv[2]), "reason": sys.argv[3] or None}))' \
    "$1" "$2" "$3" | write_file "$folder/state.json" 0600
  exit
}
umask 077
aws ssm get-parameter --name "$SSM_key_parameter" --with-decryption --query Parameter.Value --output text 2>"$folder/aws.log" |
  env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN \
    PYTHONPATH="$toolkit" PYTHONDONTWRITEBYTECODE=1 TMPDIR="$(dirname "$log_path")" \
    python3 -m anonymizer "$command" --source-socket "$source_socket" --target-socket "$target_socket" \
    --rules "$folder/rules.json" --key-stdin --progress "$folder/progress.json" --result "$folder/result.json" &>>"$log_path"
status=("${PIPESTATUS[@]}")
if ((status[0] != 0)); then
  finish failed 5 "cannot read the pseudonym key from the SSM parameter $SSM_key_parameter: $(tail -n 1 "$folder/aws.log")"
fi
code=${status[1]}
if [[ -f $folder/result.json ]] &&
  ! aws s3 cp --only-show-errors "$folder/result.json" "s3://$SSM_reports_bucket/jobs/$SSM_refresh_id/$step.json" 2>"$folder/aws.log"; then
  finish failed 5 "cannot put the result into s3://$SSM_reports_bucket: $(tail -n 1 "$folder/aws.log")"
fi
((code != 0)) || finish done 0 ""
case $code in
  2 | 3 | 4 | 5) finish failed "$code" "$(tail -n 1 "$log_path")" ;; # the anonymizer's own words, which hold no values
  *) finish failed "$code" "the anonymizer ended with status $code; its log is $log_path" ;;
esac
JOB
}

prepare_job() { # FOLDER STEP COMMAND
  require_toolkit "$SSM_toolkit_sha256"
  require_open "$SSM_quarantine_volume_id"
  require_open "$SSM_candidate_volume_id"
  mkdir -p "$1"
  chmod 0700 "$1"
  rm -f "$1"/{state,progress,result}.json
  fetch_rules "$1"
  job_script "$@" | write_file "$1/job.sh" 0600
  anonymizer_parameters | write_file "$1/parameters" 0600
}

start_or_join_job() { # STEP COMMAND
  local folder
  folder=$(job_folder "$SSM_refresh_id" "$1")
  lock "$SSM_refresh_id-$1"
  if [[ -f $folder/parameters ]] && [[ -f $folder/state.json ]] || job_runs "$SSM_refresh_id" "$1"; then
    [[ $(anonymizer_parameters) == "$(cat "$folder/parameters")" ]] ||
      fail "job $1 of $SSM_refresh_id was started with other rules, toolkit, key or volumes: discard it first (job-discard)"
  else
    prepare_job "$folder" "$@"
    start_job "$SSM_refresh_id" "$1" 80%
  fi
  job_state "$SSM_refresh_id" "$1"
}
