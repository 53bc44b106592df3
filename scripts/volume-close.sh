#!/usr/bin/env bash
# Stop the mongod that has a volume open, flush and unmount it, so that it can be detached.
#
# @host worker staging
# @timeout_seconds 900
# @param volume_id ^vol-[0-9a-f]{8,17}$ The volume to close. The live volume of staging is refused.
set -euo pipefail

# include lib/verb.sh
# include lib/volume.sh
# include lib/mongod.sh
# include lib/parts.sh
# include lib/live.sh

root=$(root_of "$SSM_volume_id")
lock "$root"
[[ $(live_volume_id) != "$SSM_volume_id" ]] ||
  fail "volume $SSM_volume_id is the one that staging serves: a cutover to another volume must come first"
stop_mongod "$root"
unmount_volume "$SSM_volume_id"
rm -f "$(part_record "$SSM_volume_id")"
echo '{"unmounted":true}'
