# shellcheck shell=bash
# mongosh with credentials on stdin, and with nothing left behind on the host: its history and log live in a scratch home.

mongosh_eval() { # JAVASCRIPT, stdin goes to the script
  local home status=0
  home=$(mktemp -d)
  mkdir -p "$home/.mongodb/mongosh"
  echo '{"enableTelemetry":false,"disableLogging":true}' >"$home/.mongodb/mongosh/config"
  HOME=$home mongosh --nodb --quiet --norc --eval "$1" || status=$?
  rm -rf "$home"
  return "$status"
}
