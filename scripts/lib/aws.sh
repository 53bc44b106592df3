# shellcheck shell=bash
# The host's own role reads secrets where they are used. They go through variables and pipes, never through argv or files.

# The SSM agent names the region; the AWS CLI does not take it from instance metadata.
AWS_DEFAULT_REGION=${AWS_DEFAULT_REGION:-${AWS_REGION:-${AWS_SSM_REGION_NAME:-}}}
export AWS_DEFAULT_REGION AWS_PAGER=""

# Runs the AWS CLI; on failure its message, which holds no secret, becomes the reason.
aws_or_fail() { # WHAT ARGS...
  local what=$1 errors status=0
  shift
  errors=$(mktemp)
  aws "$@" 2>"$errors" || status=$?
  local message
  message=$(grep -v '^\s*$' "$errors" | tail -n 1 || true)
  rm -f "$errors"
  ((status == 0)) || fail "$what: ${message:-the AWS CLI ended with status $status}"
}
