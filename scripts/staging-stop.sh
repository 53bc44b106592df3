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
for mount_point in "$state_root"/volumes/vol-*; do
  [[ -d $mount_point ]] || continue
  stop_mongod "$(basename "$mount_point")"
  unmount_volume "$(basename "$mount_point")"
done
echo '{"stopped":true}'
