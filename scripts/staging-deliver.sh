#!/usr/bin/env bash
# Mount the candidate beside the live volume and give it the users and roles of today's staging.
#
# At the first refresh there is no staging yet: the candidate gets its admin from the SSM parameters.
#
# @host staging
# @timeout_seconds 900
# @param refresh_id ^[a-z0-9][a-z0-9-]{0,62}$ The refresh that this is for.
# @param volume_id ^vol-[0-9a-f]{8,17}$ The candidate volume.
# @param toolkit_sha256 ^[0-9a-f]{64}$ The toolkit to work with, installed before.
# @param user_parameter ^/[A-Za-z0-9_./-]{1,500}$ SSM parameter with the name of staging's admin.
# @param password_parameter ^/[A-Za-z0-9_./-]{1,500}$ SSM parameter with the admin's password.
# @param replica_set ^[A-Za-z0-9_.-]{1,100}$ The name of staging's replica set.
# @param cache_mib ^[0-9]{3,7}$ The size of the candidate mongod's cache, in MiB.
# @param served_before ^(true|false)$ =false Whether staging has served this volume: then it may need a recovery first.
set -euo pipefail

# include lib/verb.sh
# include lib/aws.sh
# include lib/login.sh
# include lib/volume.sh
# include lib/mongosh.sh
# include lib/mongod.sh
# include lib/toolkit.sh
# include lib/live.sh
# include lib/staging.sh

accounts() { # ACTION ARGUMENTS..., admin's name and password on stdin
  PYTHONPATH=$(toolkit_path "$SSM_toolkit_sha256") PYTHONDONTWRITEBYTECODE=1 python3 -m anonymizer accounts "$@" \
    --target-socket "$(volume_socket "$SSM_volume_id")"
}

open_candidate() {
  local mongod_log=$socket_root/$SSM_volume_id.log
  mount_volume "$SSM_volume_id"
  [[ -f $(volume_path "$SSM_volume_id")/db/storage.bson ]] ||
    fail "volume $SSM_volume_id holds no candidate: was it anonymized and closed on the worker?"
  prepare_socket_root
  start_mongod "$SSM_volume_id" "$(volume_path "$SSM_volume_id")/db" "$mongod_log" "$SSM_cache_mib" --slowms 2147483647
  await_mongod "$SSM_volume_id" "$mongod_log" 300 >/dev/null
}

require_healthy_staging() {
  local health
  systemctl is-active --quiet "$staging_unit" || service systemctl start "$staging_unit"
  health=$(printf '%s\n' "$user" "$password" | staging_health "" "" 30)
  [[ $(field healthy <<<"$health") == true ]] ||
    fail "live staging cannot be asked for its users: $(field reason <<<"$health")"
}

lock staging
live=$(live_volume_id)
[[ $live != "$SSM_volume_id" ]] || fail "volume $SSM_volume_id is live already: there is nothing to deliver"
require_toolkit "$SSM_toolkit_sha256"
read_login
[[ -z $live ]] || require_healthy_staging
mount_volume "$SSM_volume_id"
# What a member of a set did not write down in order before it ended, only its own start as a member brings back. A
# server that was stopped in order leaves its lock file empty.
if [[ $SSM_served_before == true && -s $(volume_path "$SSM_volume_id")/db/mongod.lock ]] &&
  ! systemctl is-active --quiet "$(volume_unit "$SSM_volume_id")"; then
  echo '{"users":0,"roles":0,"users_equal":false,"roles_equal":false,"unclean":true}'
  exit 0
fi
log "$SSM_refresh_id: brings users and roles to $SSM_volume_id"
open_candidate
if [[ -n $live ]]; then
  answer=$(printf '%s\n' "$user" "$password" |
    accounts carry --source "127.0.0.1:$staging_port" --source-ca "$etc_root/tls/ca.pem" | tail -n 1)
else
  answer=$(printf '%s\n' "$user" "$password" | accounts create-admin | tail -n 1)
fi
stop_mongod "$SSM_volume_id"
sync --file-system "$(volume_path "$SSM_volume_id")"
echo "$answer"
