#!/usr/bin/env bash
# What the image of staging and worker has to hold: `image.sh install` puts it on Ubuntu 22.04, `image.sh check` looks whether
# it is there, on any Linux. ami.pkr.hcl runs both.
#
# MONGODB_VERSION is production's version, as `db.version()` prints it.
set -euo pipefail

# Python is to be 3.10 or newer, and the agent passes parameters as environment variables from this version on.
readonly oldest_python=3.10 oldest_agent=3.3.2746.0
readonly programs=(
  aws bash blkid chown du find findmnt flock grep hostname lsblk mkfs.xfs mongod mongosh mount openssl python3 sed sha256sum
  stat sync systemctl systemd-run umount xargs xfs_db
)

install_all() {
  local series=${MONGODB_VERSION%.*} key=/usr/share/keyrings/mongodb.gpg
  export DEBIAN_FRONTEND=noninteractive
  apt-get update
  apt-get install --yes curl gnupg openssl python3 snapd unzip xfsprogs
  curl -fsSL "https://pgp.mongodb.com/server-$series.asc" | gpg --dearmor --yes --output "$key"
  echo "deb [signed-by=$key] https://repo.mongodb.org/apt/ubuntu jammy/mongodb-org/$series multiverse" \
    >/etc/apt/sources.list.d/mongodb.list
  apt-get update
  apt-get install --yes "mongodb-org-server=$MONGODB_VERSION" mongodb-mongosh
  apt-mark hold mongodb-org-server # an update on its own would make it another one than production's
  systemctl disable --now mongod   # a refresh makes units of its own
  snap list amazon-ssm-agent >/dev/null 2>&1 || snap install amazon-ssm-agent --classic
  snap list aws-cli >/dev/null 2>&1 || snap install aws-cli --classic
}

agent_version() {
  { amazon-ssm-agent -version || /snap/amazon-ssm-agent/current/amazon-ssm-agent -version; } 2>/dev/null |
    sed -nE 's/.*: *([0-9.]+).*/\1/p'
}

is_older() { # VERSION THAN
  [[ $1 != "$2" && $(printf '%s\n' "$1" "$2" | sort --version-sort | head -n 1) == "$1" ]]
}

check_all() {
  local program found missing=0
  complain() { echo "missing: $1" && missing=1; }
  for program in "${programs[@]}"; do
    command -v "$program" >/dev/null || complain "$program is not on PATH"
  done
  found=$(python3 -c 'import sys; print("%d.%d" % sys.version_info[:2])' || true)
  ! is_older "${found:-0}" "$oldest_python" || complain "Python $oldest_python or newer; python3 is ${found:-not there}"
  found=$(agent_version || true)
  ! is_older "${found:-0}" "$oldest_agent" || complain "SSM agent $oldest_agent or newer; it is ${found:-not there}"
  found=$(mongod --version | sed -nE 's/^db version v([0-9.]+).*/\1/p' || true)
  [[ -z ${MONGODB_VERSION:-} || ${found%.*} == "${MONGODB_VERSION%.*}" ]] ||
    complain "mongod of production's series ${MONGODB_VERSION%.*}; it is ${found:-not there}"
  ! systemctl is-enabled --quiet mongod 2>/dev/null || complain "mongod must not start with the host: systemctl disable mongod"
  ((missing == 0)) && echo "the image has what hosts need"
}

case ${1:-} in
  install) install_all ;;
  check) check_all ;;
  *) echo "usage: MONGODB_VERSION=6.0.5 image.sh install|check" >&2 && exit 2 ;;
esac
