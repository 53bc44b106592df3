#!/usr/bin/env bash
# Open the candidate volume with an empty mongod on a unix socket; a blank volume gets its file system first.
#
# @host worker
# @timeout_seconds 600
# @param refresh_id ^[a-z0-9][a-z0-9-]{0,62}$ The refresh that this is for.
# @param volume_id ^vol-[0-9a-f]{8,17}$ The candidate volume.
# @param cache_mib ^[0-9]{3,7}$ The size of mongod's cache, in MiB.
set -euo pipefail

# include lib/verb.sh
# include lib/volume.sh
# include lib/mongosh.sh
# include lib/mongod.sh

# The file system's UUID is made from the volume's id: so our own is told from a foreign one.
candidate_uuid() { # VOLUME_ID
  md5sum <<<"understudy $1" | sed -E 's/^(.{8})(.{4})(.{4})(.{4})(.{12}).*/\1-\2-\3-\4-\5/'
}

# mkfs.xfs marks a file system as unfinished until its last write.
is_unfinished() { # VOLUME_ID
  [[ $(xfs_db -r -c 'sb 0' -c 'print inprogress' "$(volume_device "$1")" 2>/dev/null) == 'inprogress = 1' ]]
}

format_if_blank() { # VOLUME_ID
  local device found uuid
  wait_for_device "$1"
  device=$(volume_device "$1")
  uuid=$(candidate_uuid "$1")
  found=$(file_system "$1")
  if [[ -n $found ]]; then
    [[ $(blkid --probe --output value --match-tag UUID "$device") == "$uuid" ]] ||
      fail "volume $1 already holds a file system ($found) that is no candidate of Understudy: it is left as it is"
    is_unfinished "$1" || return 0
  fi
  log "makes a file system on $1"
  mkfs.xfs -q -f -m uuid="$uuid" "$device" >&2
}

lock "$SSM_volume_id"
log "$SSM_refresh_id: opens the candidate volume $SSM_volume_id"
is_mounted "$SSM_volume_id" || format_if_blank "$SSM_volume_id"
mount_volume "$SSM_volume_id"
db_path="$(volume_path "$SSM_volume_id")/db"
mkdir -p "$db_path"
# The verifier asks this server for original values: its log must not end up on the volume that staging serves.
prepare_socket_root
mongod_log="$socket_root/$SSM_volume_id.log"
start_mongod "$SSM_volume_id" "$db_path" "$mongod_log" "$SSM_cache_mib" --slowms 2147483647
version=$(await_mongod "$SSM_volume_id" "$mongod_log" 500)
printf '{"socket":"%s","version":"%s"}\n' "$(volume_socket "$SSM_volume_id")" "$version"
