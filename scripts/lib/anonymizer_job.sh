# shellcheck shell=bash
# The two jobs of the anonymizer take the same parameters and differ in one word.

anonymizer_parameters() {
  printf '%s\n' "$SSM_quarantine_volume_id" "$SSM_candidate_volume_id" "$SSM_toolkit_sha256" "$SSM_rules_sha256" "$SSM_key_parameter"
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
  job_beginning "$1" "$SSM_toolkit_sha256"
  declare -p SSM_key_parameter
  printf 'step=%q command=%q\n' "$2" "$3"
  printf 'source_socket=%q target_socket=%q log_path=%q\n' "$(volume_socket "$SSM_quarantine_volume_id")" \
    "$(volume_socket "$SSM_candidate_volume_id")" "$(volume_path "$SSM_quarantine_volume_id")/understudy-$2.log"
  cat <<'JOB'
aws ssm get-parameter --name "$SSM_key_parameter" --with-decryption --query Parameter.Value --output text 2>"$folder/aws.log" |
  env -u AWS_ACCESS_KEY_ID -u AWS_SECRET_ACCESS_KEY -u AWS_SESSION_TOKEN \
    PYTHONPATH="$toolkit" PYTHONDONTWRITEBYTECODE=1 TMPDIR="$(dirname "$log_path")" \
    python3 -m anonymizer "$command" --source-socket "$source_socket" --target-socket "$target_socket" \
    --rules "$folder/rules.json" --key-stdin --progress "$folder/progress.json" --result "$folder/result.json" &>>"$log_path"
status=("${PIPESTATUS[@]}")
if ((status[0] != 0)); then
  finish failed 5 "cannot read the pseudonym key from the SSM parameter $SSM_key_parameter: $(tail -n 1 "$folder/aws.log")"
fi
finish_as "$step" "${status[1]}" "$log_path"
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
