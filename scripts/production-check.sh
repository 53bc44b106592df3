#!/usr/bin/env bash
# Say what a production member is and how far it is, by read-only commands only.
#
# @host production
# @timeout_seconds 900
# @param user_parameter ^/[A-Za-z0-9_./-]{1,500}$ SSM parameter with the name of a user that has clusterMonitor.
# @param password_parameter ^/[A-Za-z0-9_./-]{1,500}$ SSM parameter with that user's password.
# @param port ^[0-9]{1,5}$ =27017 The port of mongod.
# @param wait_seconds ^[0-9]{1,3}$ =0 How long to wait until the member has the asked optime durable.
# @param optime_seconds ^[0-9]{1,10}$ =0 The asked optime, its seconds.
# @param optime_increment ^[0-9]{1,10}$ =0 The asked optime, its increment.
set -euo pipefail

# include lib/verb.sh
# include lib/aws.sh
# include lib/login.sh
# include lib/mongosh.sh
# include lib/storage.sh

# Stdin: user, password, port, addresses, wait, seconds, increment, user parameter; a line each.
check_member() {
  local script
  script=$(
    cat <<'JS'
const [user, password, port, addresses, wait, seconds, increment, parameter] =
  require("fs").readFileSync(0, "utf8").split("\n");
const refuse = (reason) => { process.stderr.write(`${reason}\n`); process.exit(1); };

function connect() {
  const reasons = new Set();
  for (const host of addresses.split(" ")) {
    for (const tls of ["", "&tls=true&tlsAllowInvalidCertificates=true"]) {
      const name = host.includes(":") ? `[${host}]` : host;
      try {
        // mongosh awaits an assignment inside the try, a returned call only outside of it.
        const server = new Mongo(`mongodb://${name}:${port}/?directConnection=true&serverSelectionTimeoutMS=2000${tls}`);
        return server;
      } catch (error) { reasons.add(error.codeName ?? error.name); }
    }
  }
  refuse(`no mongod answers on port ${port} of this host (${addresses}): ${[...reasons].join(", ")}`);
}

const admin = connect().getDB("admin");
try {
  admin.auth(user, password);
} catch (error) {
  if (error.codeName !== "AuthenticationFailed") refuse(`cannot log in: ${error.codeName ?? error.name}`);
  refuse(`authentication failed for the user named by ${parameter}: check that parameter and the one with its password`);
}

// Prints a command's answer, or null if its failure is one of the tolerated codes.
function ask(command, tolerated = []) {
  try {
    const answer = admin.runCommand(command);
    return answer;
  } catch (error) {
    if (tolerated.includes(error.codeName)) return null;
    const hint = error.codeName === "Unauthorized" ? `: grant clusterMonitor to the user named by ${parameter}` : "";
    refuse(`${Object.keys(command)[0]} was refused (${error.codeName ?? error.name})${hint}`);
  }
}
const status = () => ask({replSetGetStatus: 1}, ["NoReplicationEnabled", "NotYetInitialized"]);
// mongosh breaks calls behind `?.`, so a missing set (a standalone) is null here and asked for in the open.
const members = (set) => set ? set.members : [];
const self = (set) => members(set).find((member) => member.self);

function optime(set, name) {
  const {ts} = set ? set.optimes[name] : {};
  return ts ? {seconds: ts.getHighBits() >>> 0, increment: ts.getLowBits() >>> 0} : null;
}

function reached(set) {
  const durable = optime(set, "durableOpTime");
  if (durable === null) return false;
  return durable.seconds > +seconds || (durable.seconds === +seconds && durable.increment >= +increment);
}

const deadline = Date.now() + 1000 * wait;
let set = status();
while (set && !reached(set) && Date.now() < deadline) { sleep(20); set = status(); }

function describe(member) {
  const primary = members(set).find((other) => other.stateStr === "PRIMARY");
  const lag = primary && member.optimeDate ? Math.max(0, (primary.optimeDate - member.optimeDate) / 1000) : null;
  return {host: member.name, state: member.stateStr, health: member.health, lag_seconds: lag};
}

function indexBuilds() {
  const running = {$currentOp: {allUsers: true, idleConnections: false, localOps: true}};
  const building = {$match: {$or: [{msg: /^Index Build/}, {"command.createIndexes": {$exists: true}}]}};
  const count = {aggregate: 1, pipeline: [running, building, {$count: "n"}], cursor: {}};
  const answer = ask(count, ["NotPrimaryOrSecondary"]); // a member that has not joined its set builds none
  return answer && answer.cursor.firstBatch.length ? answer.cursor.firstBatch[0].n : 0;
}

const hello = ask({hello: 1});
if (hello.msg === "isdbgrid") refuse("this is a mongos, not a member of a replica set: name the hosts of the members");
const server = ask({serverStatus: 1, metrics: 0, tcmalloc: 0});
const options = ask({getCmdLineOpts: 1}).parsed;
const storage = options.storage ?? {};
print(JSON.stringify({
  replica_set: set ? set.set : null,
  self: set ? self(set).name : null,
  state: set ? self(set).stateStr : null,
  hidden: hello.hidden ?? false,
  members: members(set).map(describe),
  commit_point: optime(set, "lastCommittedOpTime"),
  durable: optime(set, "durableOpTime"),
  reached: reached(set),
  version: server.version,
  fcv: ask({getParameter: 1, featureCompatibilityVersion: 1}).featureCompatibilityVersion.version,
  engine: server.storageEngine.name,
  encrypted: Boolean(options.security?.enableEncryption || server.encryptionAtRest?.encryptionEnabled),
  sharded: Boolean(options.sharding?.clusterRole || server.sharding),
  index_builds: indexBuilds(),
  directory_per_db: storage.directoryPerDB ?? false,
  directory_for_indexes: storage.wiredTiger?.engineConfig?.directoryForIndexes ?? false,
  db_path: storage.dbPath ?? "/data/db",
}));
JS
  )
  mongosh_eval "$script"
}

read_login
# A mongod may listen on the host's address only.
addresses=$(echo 127.0.0.1 "$(hostname -I)" | xargs)
member=$(printf '%s\n' "$user" "$password" "$SSM_port" "$addresses" "$SSM_wait_seconds" "$SSM_optime_seconds" \
  "$SSM_optime_increment" "$SSM_user_parameter" | check_member | tail -n 1)
db_path=$(sed -E 's/.*"db_path":"([^"]*)".*/\1/' <<<"$member")
printf '%s,%s}\n' "${member%\}}" "$(describe_storage "$db_path")"
