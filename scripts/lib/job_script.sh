# shellcheck shell=bash

# What the anonymizer's jobs begin with: where they work, and how they end.
job_beginning() { # FOLDER TOOLKIT_SHA256
  declare -f write_file
  declare -p SSM_reports_bucket SSM_refresh_id
  printf 'folder=%q toolkit=%q\n' "$1" "$(toolkit_path "$2")"
  cat <<'JOB'
set -uo pipefail
finish() { # STATE EXIT_CODE REASON
  python3 -c 'import json, sys; print(json.dumps({"state": sys.argv[1], "exit_code": int(sys.argv[2]), "reason": sys.argv[3] or None}))' \
    "$1" "$2" "$3" | write_file "$folder/state.json" 0600
  exit
}
# What the anonymizer says when it ends by itself (2 to 5) holds no value; the last line of any other end may quote one.
finish_as() { # STEP EXIT_CODE LOG
  if [[ -f $folder/result.json ]] &&
    ! aws s3 cp --only-show-errors "$folder/result.json" "s3://$SSM_reports_bucket/jobs/$SSM_refresh_id/$1.json" 2>"$folder/aws.log"; then
    finish failed 5 "cannot put the result into s3://$SSM_reports_bucket: $(tail -n 1 "$folder/aws.log")"
  fi
  case $2 in
    0) finish done 0 "" ;;
    2 | 3 | 4 | 5) finish failed "$2" "$(tail -n 1 "$3")" ;;
    *) finish failed "$2" "the anonymizer ended with status $2; its log is $3" ;;
  esac
}
umask 077
cd "$toolkit" || finish failed 5 "the toolkit $toolkit is gone: pulumi up installs it again"
JOB
}
