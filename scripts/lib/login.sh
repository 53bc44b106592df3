# shellcheck shell=bash
# The login of a server, named by the two parameters that verbs with a login have.

# Sets user and password from the two parameters of a verb, in one call: the AWS CLI takes half a second to start.
read_login() {
  local found missing
  found=$(aws_or_fail "cannot read the SSM parameters $SSM_user_parameter and $SSM_password_parameter" \
    ssm get-parameters --names "$SSM_user_parameter" "$SSM_password_parameter" --with-decryption --output text \
    --query "[Parameters[?Name=='$SSM_user_parameter'].Value|[0], Parameters[?Name=='$SSM_password_parameter'].Value|[0], join(' ', InvalidParameters)]")
  IFS=$'\t' read -r user password missing <<<"$found"
  [[ -z $missing ]] || fail "cannot read the SSM parameter ${missing%% *}: it does not exist (ParameterNotFound)"
}
