# shellcheck shell=bash
# The login of a server, named by the two parameters that verbs with a login have.

# Sets user and password from the two parameters of a verb, both read at once: the AWS CLI takes a second to start.
read_login() {
  exec 3< <(parameter "$SSM_user_parameter") 4< <(parameter "$SSM_password_parameter")
  user=$(cat <&3)
  password=$(cat <&4)
  exec 3<&- 4<&-
  [[ -n $user && -n $password ]] || exit 1 # parameter has given the reason
}
