#!/usr/bin/env bash
# Say what staging serves and whether it is healthy.
#
# @host staging
# @timeout_seconds 120
# @param user_parameter ^/[A-Za-z0-9_./-]{1,500}$ SSM parameter with the name of staging's admin.
# @param password_parameter ^/[A-Za-z0-9_./-]{1,500}$ SSM parameter with the admin's password.
set -euo pipefail

# include lib/verb.sh
# include lib/aws.sh
# include lib/login.sh
# include lib/volume.sh
# include lib/mongosh.sh
# include lib/mongod.sh
# include lib/live.sh
# include lib/staging.sh

# Read also where no server runs yet: a missing parameter must be known before anything is made.
read_login

active=false
health='{"healthy": false, "reason": "the server does not run", "version": null, "replica_set": null}'
if systemctl is-active --quiet "$staging_unit"; then
  active=true
  health=$(printf '%s\n' "$user" "$password" | staging_health "" "" 10)
fi
mounted=$(mounted_volumes)
mongod_version=$(mongod --version | sed -nE 's/^db version v([0-9.]+).*/\1/p')
python3 - "$(live_volume_id)" "$mounted" "$active" "$health" "$mongod_version" <<'PYTHON'
import json
import sys

live, mounted, active, health, mongod_version = sys.argv[1:]
health = json.loads(health)
status = {
    "live_volume_id": live or None,
    "volumes": sorted(set(mounted.split())),
    "active": active == "true",
    "healthy": health["healthy"],
    "reason": health["reason"],
    "version": health["version"],
    "mongod_version": mongod_version,
    "replica_set": health["replica_set"],
}
print(json.dumps(status))
PYTHON
