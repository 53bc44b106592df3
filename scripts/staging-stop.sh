#!/usr/bin/env bash
# Stop staging's server and unmount every volume, before the volumes are deleted.
#
# @host staging
# @timeout_seconds 900
set -euo pipefail

# include lib/verb.sh
# include lib/volume.sh
# include lib/mongod.sh
# include lib/live.sh

lock staging
if [[ -f /etc/systemd/system/$staging_unit ]]; then
  service systemctl disable --quiet "$staging_unit"
  service systemctl stop "$staging_unit"
fi
# With the volumes gone, the next refresh is a first one.
rm -f "$live_link"
for volume_id in $(mounted_volumes); do
  stop_mongod "$volume_id"
  unmount_volume "$volume_id"
done
echo '{"stopped":true}'
