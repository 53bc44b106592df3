# shellcheck shell=bash
# The anonymizer as the toolkit brought it: wheels unpacked beside it, so that the host's Python needs no internet.

toolkit_path() { echo "/opt/understudy/toolkit/$1"; } # SHA256

require_toolkit() { # SHA256
  [[ -d $(toolkit_path "$1") ]] ||
    fail "toolkit $1 is not on this host: run toolkit-install first"
}
