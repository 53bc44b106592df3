# shellcheck shell=bash
# A mongod of a volume: one unix socket, no port, no authentication, under systemd with a limit on its memory.

socket_root=/run/understudy

volume_socket() { echo "$socket_root/$1.sock"; } # VOLUME_ID
volume_unit() { echo "understudy-$1.service"; }  # VOLUME_ID

require_open() { # VOLUME_ID
  systemctl is-active --quiet "$(volume_unit "$1")" || fail "volume $1 is not open on this host: open it first"
}

mongod_user() {
  local user
  for user in mongod mongodb root; do
    id "$user" &>/dev/null && break
  done
  echo "$user"
}

# Memory only: sockets that need no password, and logs that must not reach the root disk.
prepare_socket_root() {
  mkdir -p "$socket_root"
  mountpoint --quiet "$socket_root" || mount -t tmpfs -o size=64m,mode=0700 understudy "$socket_root"
  chown "$(mongod_user)" "$socket_root"
}

ping_volume() { # VOLUME_ID, prints the server's version
  # shellcheck disable=SC2016  # JavaScript
  mongosh_eval '
    const socket = encodeURIComponent(require("fs").readFileSync(0, "utf8").trim());
    const uri = `mongodb://${socket}/?directConnection=true&serverSelectionTimeoutMS=2000`;
    print(new Mongo(uri).getDB("admin").runCommand({buildInfo: 1}).version);
  ' 2>/dev/null <<<"$(volume_socket "$1")"
}

# mongod's own message names a kind of failure; its attributes may hold data, so no more of them than a code's name is repeated.
last_error() { # LOG
  sed -nE 's/.*"s":"[EF]".*"msg":"([^"]*)"(.*"error":"([A-Za-z]+):( Requested option conflicts[a-z ]*for [A-Za-z]+)?)?.*/\1 (\3\4)/p' "$1" |
    grep -Ev '^Fassert|fatal message|aborting after' | tail -n 1 | sed 's, ()$,,' || true
}

start_mongod() { # VOLUME_ID DB_PATH LOG CACHE_MIB ARGUMENTS...
  local volume_id=$1 db_path=$2 log_path=$3 cache_mib=$4 user
  shift 4
  systemctl is-active --quiet "$(volume_unit "$volume_id")" && return
  prepare_socket_root
  user=$(mongod_user)
  [[ $(stat -c %U "$db_path") == "$user" ]] || chown -R "$user" "$db_path"
  touch "$log_path"
  chmod 0600 "$log_path"
  chown "$user" "$log_path"
  rm -f "$(volume_socket "$volume_id")"
  # A limit on core dumps and swap keeps what the server has in memory off the root disk.
  service systemctl reset-failed "$(volume_unit "$volume_id")" &>/dev/null || true
  service systemd-run --quiet --unit="$(volume_unit "$volume_id")" --property=User="$user" \
    --property=MemoryMax="$((cache_mib * 2 + 1024))M" --property=MemorySwapMax=0 \
    --property=LimitCORE=0 --property=LimitNOFILE=64000 --property=TimeoutStopSec=600 \
    "$(command -v mongod)" --dbpath "$db_path" --bind_ip "$(volume_socket "$volume_id")" --nounixsocket \
    --logpath "$log_path" --logappend \
    --wiredTigerCacheSizeGB "$(printf '%d.%03d' $((cache_mib / 1024)) $((cache_mib % 1024 * 1000 / 1024)))" \
    --setParameter ttlMonitorEnabled=false --setParameter disableLogicalSessionCacheRefresh=true \
    --setParameter diagnosticDataCollectionEnabled=false "$@" >&2
}

# Recovery of a large oplog takes its time: what ends the wait early is the server's end, not impatience.
await_mongod() { # VOLUME_ID LOG SECONDS, prints the version
  local deadline=$((SECONDS + $3)) version
  until version=$(ping_volume "$1"); do
    systemctl is-active --quiet "$(volume_unit "$1")" ||
      fail "the mongod of volume $1 ended while it started: $(last_error "$2")"
    ((SECONDS < deadline)) || fail "the mongod of volume $1 did not answer on its socket within $3 s"
    sleep 0.2
  done
  echo "$version"
}

stop_mongod() { # VOLUME_ID
  if systemctl is-active --quiet "$(volume_unit "$1")"; then
    service systemctl stop "$(volume_unit "$1")"
  fi
  rm -f "$(volume_socket "$1")" "$socket_root/$1.log"
}
