# shellcheck shell=bash
# What every verb stands on: one place for state, one reason on failure, one at a time.

state_root=/var/lib/understudy

log() { echo "understudy: $*" >&2; }

# The last line of stderr is the reason that the operator reads.
fail() {
  echo "$*" >&2
  exit 1
}

# Two runs of a verb on one thing come one after the other. The lock ends with the process that holds it.
lock() { # NAME
  mkdir -p "$state_root/locks"
  exec 9>"$state_root/locks/$1"
  flock --wait 240 9 || fail "another command is still at work on $1 on this host: wait for it to end, then run this again"
}

# Services must not inherit the lock, or it would be held for as long as they run.
service() { "$@" 9>&-; }

# A server or job may be killed between two bytes; a file seen by others is whole or not there.
write_file() { # PATH MODE, content on stdin
  local new
  new=$(mktemp "$1.XXXXXX")
  cat >"$new"
  chmod "$2" "$new"
  mv -fT "$new" "$1"
}

json_string() { python3 -c 'import json, sys; print(json.dumps(sys.argv[1]))' "$1"; }
