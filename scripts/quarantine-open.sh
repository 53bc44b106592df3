#!/usr/bin/env bash
# Mount volumes restored from production as they stood there, and open them read-only, on a unix socket and nothing else.
#
# Whatever the volume went through before, the start is a recovery boot: the files alone lack the last writes.
# Nothing of production's data leaves the volume: mongod's log lies on it, core dumps and swap are off.
#
# @host worker
# @timeout_seconds 3600
# @param refresh_id ^[a-z0-9][a-z0-9-]{0,62}$ The refresh that this is for.
# @param volume_id ^vol-[0-9a-f]{8,17}$ The quarantine volume.
# @param parts ^(none|vol-[0-9a-f]{8,17}:[A-Za-z0-9._/-]*:[A-Za-z0-9._/-]+(,vol-[0-9a-f]{8,17}:[A-Za-z0-9._/-]*:[A-Za-z0-9._/-]+)*)$ =none Further volumes, as volume:directory there:place in the data directory.
# @param directory_per_db ^(true|false)$ =false Production runs with directoryPerDB.
# @param directory_for_indexes ^(true|false)$ =false Production runs with directoryForIndexes.
# @param cache_mib ^[0-9]{3,7}$ The size of mongod's cache, in MiB.
set -euo pipefail

# include lib/verb.sh
# include lib/volume.sh
# include lib/mongosh.sh
# include lib/mongod.sh
# include lib/parts.sh

# Production's data need not lie at the top of its volume.
find_db_path() { # VOLUME_ID
  local found
  mapfile -t found < <(find "$(volume_path "$1")" -xdev -maxdepth 4 -name storage.bson -printf '%h\n')
  ((${#found[@]} == 1)) ||
    fail "volume $1 holds ${#found[@]} MongoDB data directories, not one: was the right volume snapshotted?"
  echo "${found[0]}"
}

lock "$SSM_volume_id"
log "$SSM_refresh_id: opens the quarantine volume $SSM_volume_id"
mount_volume "$SSM_volume_id"
db_path=$(find_db_path "$SSM_volume_id")
if ! systemctl is-active --quiet "$(volume_unit "$SSM_volume_id")"; then
  prepare_socket_root
  mount_parts "$SSM_volume_id" "$db_path" "$SSM_parts"
fi
mongod_log="$(volume_path "$SSM_volume_id")/understudy-mongod.log"

options=(--setParameter recoverFromOplogAsStandalone=true)
[[ $SSM_directory_per_db == false ]] || options+=(--directoryperdb)
[[ $SSM_directory_for_indexes == false ]] || options+=(--wiredTigerDirectoryForIndexes)
start_mongod "$SSM_volume_id" "$db_path" "$mongod_log" "$SSM_cache_mib" "${options[@]}"
version=$(await_mongod "$SSM_volume_id" "$mongod_log" 3400)
printf '{"socket":"%s","version":"%s"}\n' "$(volume_socket "$SSM_volume_id")" "$version"
