"""Production's mongods: their configuration, and their first start on hosts that are blank."""

import secrets
import subprocess
import threading
from collections.abc import Mapping, Sequence

from sandbox.layout import SandboxError
from sandbox.machine.host import Host
from sandbox.machine.hosts import Hosts

MONGOD_CONF = """\
net: {{port: 27017, bindIp: "127.0.0.1,{address}"}}
replication: {{replSetName: {replica_set}, oplogSizeMB: 512}}
security: {{keyFile: /etc/mongod.key, authorization: enabled}}
storage: {{dbPath: /data/db, wiredTiger: {{engineConfig: {{cacheSizeGB: 0.25}}}}}}
systemLog: {{destination: file, path: /data/log/mongod.log, logAppend: true}}
processManagement: {{fork: false}}
"""
MONGOD_UNIT = """\
[Unit]
Description=Production's mongod
[Service]
ExecStart=/usr/local/bin/mongod --config /etc/mongod.conf
LimitNOFILE=64000
TimeoutStopSec=30
[Install]
WantedBy=multi-user.target
"""
PREPARE = """\
set -eu
umask 077
device=/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_$(echo "$VOLUME" | tr -d -)
mkfs.xfs -q "$device"
mkdir -p /data
echo "$device /data xfs defaults,noatime 0 0" >>/etc/fstab
mount /data
mkdir -p /data/db /data/log
printf %s "$CONF" >/etc/mongod.conf
printf %s "$KEY" >/etc/mongod.key
printf %s "$UNIT" >/etc/systemd/system/mongod.service
systemctl enable --now mongod
for _ in $(seq 200); do
  ! ss -Hltn "sport = :27017" | grep -q . || exit 0
  systemctl --quiet is-active mongod || break
  sleep 0.1
done
tail -n 3 /data/log/mongod.log >&2
exit 1
"""


def start_members(hosts: Hosts, members: Sequence[tuple[str, str, str]], replica_set: str) -> None:
    """Format each member's data volume and start its mongod, as an operator would over a shell.

    Args:
        hosts: The sandbox's hosts.
        members: Instance id, data volume's id and private IP of each.
        replica_set: The set's name.

    Raises:
        SandboxError: A mongod does not run; its last words are in the message.
    """
    key = secrets.token_hex(256)
    failures: list[str] = []

    def prepare(instance_id: str, volume_id: str, address: str) -> None:
        host = hosts.find(instance_id)
        if host is None:
            failures.append(f"{instance_id} does not run")
            return
        environment = {
            "VOLUME": volume_id,
            "CONF": MONGOD_CONF.format(address=address, replica_set=replica_set),
            "KEY": key,
            "UNIT": MONGOD_UNIT,
        }
        _prepare(host, environment, failures)

    threads = [threading.Thread(target=prepare, args=member) for member in members]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SandboxError("production's mongods could not be started: " + "; ".join(failures))


def _prepare(host: Host, environment: Mapping[str, str], failures: list[str]) -> None:
    process = host.start(
        ["sh", "-c", PREPARE], environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    _, error = process.communicate()
    if process.returncode:
        failures.append(error.decode().strip())
