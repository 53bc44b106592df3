# shellcheck shell=bash
# Staging's server: a unit, a configuration, a key file and TLS of its own on the root disk, so that a cutover changes none of them.

etc_root=/etc/understudy
staging_port=27017

# Which unit and data a start uses is decided by the live link alone.
install_staging() { # REPLICA_SET ADDRESS
  mkdir -p "$etc_root"
  chmod 0755 "$etc_root"
  install_key_file
  install_tls "$2"
  staging_configuration "$1" "$2" | write_file "$etc_root/mongod.conf" 0644
  mount_script | write_file "$etc_root/mount-live.sh" 0755
  unit_file | write_file "/etc/systemd/system/$staging_unit" 0644
  service systemctl daemon-reload
  service systemctl enable --quiet "$staging_unit"
}

install_key_file() {
  [[ -f $etc_root/keyfile ]] || openssl rand -base64 756 | write_file "$etc_root/keyfile" 0400
  chown "$(mongod_user)" "$etc_root/keyfile"
}

# The CA signs one certificate; its key never reaches a disk and is gone afterwards.
install_tls() { # ADDRESS
  local address=$1 names scratch kind=DNS
  [[ ! $address =~ ^[0-9.]+$ ]] || kind=IP
  openssl x509 -in "$etc_root/tls/server.pem" -noout -ext subjectAltName 2>/dev/null | grep -qwF "$address" && return
  names="subjectAltName=$kind:$address,IP:127.0.0.1,DNS:localhost"
  prepare_socket_root
  scratch=$(mktemp -d -p "$socket_root")
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj '/CN=Understudy staging CA' -addext keyUsage=critical,keyCertSign \
    -keyout "$scratch/ca.key" -out "$scratch/ca.pem" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$address" -keyout "$scratch/server.key" -out "$scratch/server.csr" 2>/dev/null
  openssl x509 -req -in "$scratch/server.csr" -CA "$scratch/ca.pem" -CAkey "$scratch/ca.key" -CAcreateserial -days 3650 \
    -extfile <(printf '%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$names") -out "$scratch/server.crt" 2>/dev/null
  mkdir -p "$etc_root/tls"
  cat "$scratch/ca.pem" | write_file "$etc_root/tls/ca.pem" 0644
  cat "$scratch/server.crt" "$scratch/server.key" | write_file "$etc_root/tls/server.pem" 0400
  chown "$(mongod_user)" "$etc_root/tls/server.pem"
  rm -rf "$scratch"
}

staging_configuration() { # REPLICA_SET ADDRESS
  cat <<CONF
# Written by Understudy at each cutover: changes made here are lost.
storage:
  dbPath: $live_link/db
systemLog:
  destination: file
  path: $live_link/mongod.log
  logAppend: true
net:
  port: $staging_port
  bindIp: 127.0.0.1,$2
  tls:
    mode: requireTLS
    certificateKeyFile: $etc_root/tls/server.pem
    CAFile: $etc_root/tls/ca.pem
    allowConnectionsWithoutCertificates: true
security:
  authorization: enabled
  keyFile: $etc_root/keyfile
replication:
  replSetName: $1
setParameter:
  # A set of one has nobody to hand over to: waiting for that would only make a cutover longer.
  shutdownTimeoutMillisForSignaledShutdown: 100
CONF
}

# The functions of this very script: a boot mounts as a cutover does.
mount_script() {
  printf '#!/usr/bin/env bash\n# Written by Understudy: mounts the live volume before staging starts.\nset -euo pipefail\n'
  declare -p state_root live_link | sed 's/^declare -[^ ]* //'
  declare -f fail volume_path volume_device wait_for_device file_system mounted_volumes is_mounted mount_volume live_volume_id
  cat <<'MAIN'
volume_id=$(live_volume_id)
[[ -n $volume_id ]] || fail "no volume is live yet"
mount_volume "$volume_id"
MAIN
}

unit_file() {
  local user root_prefix=+
  user=$(mongod_user)
  [[ $user != root ]] || root_prefix=
  cat <<UNIT
[Unit]
Description=Staging's MongoDB, on the volume that $live_link names
After=network-online.target
Wants=network-online.target

[Service]
Type=simple
User=$user
ExecStartPre=$root_prefix$etc_root/mount-live.sh
ExecStart=$(command -v mongod) --config $etc_root/mongod.conf
LimitNOFILE=64000
LimitNPROC=64000
TimeoutStopSec=60
OOMScoreAdjust=-500
Restart=on-failure
RestartSec=5

[Install]
WantedBy=multi-user.target
UNIT
}

# Logs in over TLS and waits until staging is a writable primary that answers; makes new data a set of one first, if told to.
# Stdin: user, password. Prints JSON: healthy, reason, version, replica_set, primary_at (milliseconds since 1970).
staging_health() { # REPLICA_SET ADDRESS SECONDS [GATE] (an empty set: only look; a gate: wait for that file before looking)
  local script
  script=$(
    cat <<'JS'
const [user, password] = require("fs").readFileSync(0, "utf8").split("\n");
const {set, address, seconds, port, ca, unit, gate} = JSON.parse(process.env.UNDERSTUDY_STAGING);
const uri = `mongodb://127.0.0.1:${port}/?directConnection=true&serverSelectionTimeoutMS=500&tls=true&tlsCAFile=${encodeURIComponent(ca)}`;
const config = {_id: set, version: 1, members: [{_id: 0, host: `${address}:${port}`}]};

function end(answer) {
  print(JSON.stringify({healthy: false, reason: null, version: null, replica_set: null, primary_at: null, ...answer}));
  process.exit(0);
}

function runs() {
  const {status} = require("child_process").spawnSync("systemctl", ["is-active", "--quiet", unit]);
  return status === 0;
}

// New data belongs to no set; data that was served under another address has lost its way to itself.
function join(admin) {
  try {
    const answer = admin.runCommand({replSetGetStatus: 1});
    return answer;
  } catch (error) {
    if (error.codeName === "NotYetInitialized") admin.runCommand({replSetInitiate: config});
    if (error.codeName === "InvalidReplicaSetConfig") {
      const {version} = admin.getSiblingDB("local").getCollection("system.replset").findOne();
      admin.runCommand({replSetReconfig: {...config, version: version + 1}, force: true});
    }
  }
}

function look() {
  const server = new Mongo(uri);
  const admin = server.getDB("admin");
  const hello = admin.runCommand({hello: 1});
  const primaryAt = Date.now();
  admin.auth(user, password);
  if (!hello.isWritablePrimary) {
    if (set) join(admin);
    throw new Error("it is no writable primary");
  }
  if (set && hello.setName !== set) end({reason: `its data belongs to the replica set ${hello.setName}, not ${set}`});
  admin.runCommand({listDatabases: 1, nameOnly: true});
  const {version} = admin.runCommand({buildInfo: 1});
  end({healthy: true, version, replica_set: hello.setName ?? null, primary_at: primaryAt});
}

if (gate) {
  const fs = require("fs");
  const patience = Date.now() + 120000;
  fs.writeFileSync(`${gate}.ready`, "");
  while (!fs.existsSync(gate)) {
    if (Date.now() > patience) end({reason: "nobody said that the server was started"});
    sleep(10);
  }
}
const deadline = Date.now() + 1000 * seconds;
let reason, asked = Date.now();
do {
  try {
    look();
  } catch (error) {
    if (error.codeName === "AuthenticationFailed") end({reason: "it refuses the name and password of the SSM parameters"});
    reason = error.codeName ?? (error.name === "Error" ? error.message : error.name);
  }
  if (Date.now() - asked > 500) {
    if (!runs()) end({reason: "the server ended"});
    asked = Date.now();
  }
  sleep(20);
} while (Date.now() < deadline);
end({reason});
JS
  )
  UNDERSTUDY_STAGING=$(printf '{"set":"%s","address":"%s","seconds":%s,"port":%s,"ca":"%s","unit":"%s","gate":"%s"}' \
    "$1" "$2" "$3" "$staging_port" "$etc_root/tls/ca.pem" "$staging_unit" "${4:-}") mongosh_eval "$script" | tail -n 1
}

field() { # NAME, JSON on stdin; prints a string or number, nothing for null
  python3 -c 'import json, sys; value = json.load(sys.stdin)[sys.argv[1]]; print("" if value is None else value if isinstance(value, str) else json.dumps(value))' "$1"
}
