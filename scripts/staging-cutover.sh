#!/usr/bin/env bash
# Let staging serve another volume; if it is not healthy on it, switch back.
#
# The live link says what is served, so a cutover that was killed anywhere is finished by running it again.
#
# @host staging
# @timeout_seconds 900
# @param refresh_id ^[a-z0-9][a-z0-9-]{0,62}$ The refresh that this is for.
# @param from_volume_id ^(none|vol-[0-9a-f]{8,17})$ The volume that is live: the way back. none: there is no way back.
# @param to_volume_id ^vol-[0-9a-f]{8,17}$ The volume to serve.
# @param user_parameter ^/[A-Za-z0-9_./-]{1,500}$ SSM parameter with the name of staging's admin.
# @param password_parameter ^/[A-Za-z0-9_./-]{1,500}$ SSM parameter with the admin's password.
# @param replica_set ^[A-Za-z0-9_.-]{1,100}$ The name of staging's replica set.
# @param address ^[A-Za-z0-9.-]{1,253}$ The address that clients use; the certificate is made for it.
# @param health_timeout_seconds ^[0-9]{1,3}$ How long the server may take to be healthy, after the switch and after switching back.
set -euo pipefail

# include lib/verb.sh
# include lib/aws.sh
# include lib/login.sh
# include lib/volume.sh
# include lib/mongosh.sh
# include lib/mongod.sh
# include lib/live.sh
# include lib/staging.sh

stopped_file=$state_root/stopped-at
gate=$state_root/cutover-gate

milliseconds() { date +%s%3N; }

health() { # SECONDS [GATE]
  printf '%s\n' "$user" "$password" | staging_health "$SSM_replica_set" "$SSM_address" "$@"
}

# mongosh takes a second or more to start: it does so before staging is stopped, and waits at the gate. Its answer is on fd 5.
start_health_check() {
  local deadline=$((SECONDS + 20))
  rm -f "$gate" "$gate.ready"
  exec 5< <(health "$SSM_health_timeout_seconds" "$gate" 9>&-)
  until [[ -e $gate.ready ]] || ((SECONDS > deadline)); do sleep 0.05; done
}

health_answer() {
  touch "$gate"
  cat <&5
  exec 5<&-
}

# The moment is kept on disk: a second run counts from where the first one stopped the server.
stop_serving() {
  [[ -f $stopped_file ]] || milliseconds | write_file "$stopped_file" 0644
  service systemctl stop "$staging_unit"
}

answer() { # LIVE_VOLUME_ID SWITCHED SWITCHED_BACK REASON PRIMARY_AT
  local live=null reason=null unavailable=null certificate=null
  [[ -z $1 ]] || live="\"$1\""
  [[ -z $4 ]] || reason=$(json_string "$4")
  if [[ -n $5 && -f $stopped_file ]]; then
    unavailable=$(($5 - $(cat "$stopped_file")))
  fi
  [[ -z $5 ]] || rm -f "$stopped_file"
  [[ ! -f $etc_root/tls/ca.pem ]] || certificate=$(json_string "$(cat "$etc_root/tls/ca.pem")"$'\n')
  printf '{"live_volume_id":%s,"switched":%s,"switched_back":%s,"reason":%s,"unavailable_ms":%s,"ca_certificate":%s}\n' \
    "$live" "$2" "$3" "$reason" "$unavailable" "$certificate"
  exit 0
}

# Stops what is served and serves the volume. Sets reason where the volume cannot be served, primary_at (the first writable answer) where it can.
serve() { # VOLUME_ID
  local state
  start_health_check
  stop_serving
  set_live_volume "$1"
  service systemctl reset-failed "$staging_unit" &>/dev/null || true
  service systemctl start "$staging_unit" || {
    reason="the server on $1 did not start"
    health_answer >/dev/null
    return 1
  }
  state=$(health_answer)
  state=${state:-'{"healthy": false, "reason": "the health check gave no answer", "primary_at": null}'}
  reason=$(field reason <<<"$state")
  [[ $reason != "the server ended" ]] || reason+=": $(last_error "$live_link/mongod.log")"
  primary_at=$(field primary_at <<<"$state")
  [[ $(field healthy <<<"$state") == true ]]
}

# A server that was started a moment ago, by a run that was killed, has as long to be healthy as after a switch: starting
# it once more would only take staging away once more.
serves_already() {
  local state
  [[ $live == "$SSM_to_volume_id" ]] && systemctl is-active --quiet "$staging_unit" || return 1
  state=$(health "$SSM_health_timeout_seconds")
  primary_at=$(field primary_at <<<"$state")
  [[ $(field healthy <<<"$state") == true ]]
}

prepare_candidate() {
  mount_volume "$SSM_to_volume_id"
  [[ -f $(volume_path "$SSM_to_volume_id")/db/storage.bson ]] ||
    fail "volume $SSM_to_volume_id holds no database: nothing was changed"
  stop_mongod "$SSM_to_volume_id"
  chown -R "$(mongod_user)" "$(volume_path "$SSM_to_volume_id")"
}

# A checkpoint while staging still serves makes the stop shorter; a password that it refuses must be known before the stop.
flush_live() {
  local status=0
  # shellcheck disable=SC2016  # JavaScript
  printf '%s\n' "$user" "$password" "$staging_port" "$etc_root/tls/ca.pem" | mongosh_eval '
    const [user, password, port, ca] = require("fs").readFileSync(0, "utf8").split("\n");
    const tls = `tls=true&tlsCAFile=${encodeURIComponent(ca)}`;
    const server = new Mongo(`mongodb://127.0.0.1:${port}/?directConnection=true&serverSelectionTimeoutMS=2000&${tls}`);
    const admin = server.getDB("admin");
    try {
      admin.auth(user, password);
      admin.runCommand({fsync: 1});
    } catch (error) { process.exit(error.codeName === "AuthenticationFailed" ? 3 : 4); }
  ' &>/dev/null || status=$?
  ((status != 3)) || fail "staging refuses the name and password of $SSM_user_parameter and $SSM_password_parameter: nothing was changed"
  ((status == 0)) || log "staging made no checkpoint before its stop; its stop makes one"
}

lock staging
read_login
live=$(live_volume_id)
reason='' primary_at=''
if serves_already; then answer "$live" true false "" "$primary_at"; fi

[[ $SSM_from_volume_id != "$SSM_to_volume_id" ]] || fail "from and to are both $SSM_to_volume_id: nothing was changed"
[[ -z $live || $live == "$SSM_from_volume_id" || $live == "$SSM_to_volume_id" ]] ||
  fail "staging serves $live, which is neither $SSM_from_volume_id nor $SSM_to_volume_id: nothing was changed"
prepare_candidate
install_staging "$SSM_replica_set" "$SSM_address"
if systemctl is-active --quiet "$staging_unit"; then flush_live; fi

# ---- from here staging changes ----
log "$SSM_refresh_id: staging goes from $SSM_from_volume_id to $SSM_to_volume_id"
if serve "$SSM_to_volume_id"; then answer "$SSM_to_volume_id" true false "" "$primary_at"; fi
why="not healthy on $SSM_to_volume_id: $reason"
log "$why"
if [[ $SSM_from_volume_id == none ]]; then
  service systemctl stop "$staging_unit"
  rm -f "$live_link" "$stopped_file"
  answer "" false false "$why; there is no earlier volume to switch back to" ""
fi
if serve "$SSM_from_volume_id"; then answer "$SSM_from_volume_id" false true "$why" "$primary_at"; fi
fail "staging is down: $why; after switching back, not healthy on $SSM_from_volume_id either: $reason"
