"""Hosts: namespaces with a root disk, a network, devices and an init of their own."""

import contextlib
import json
import os
import select
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from sandbox.layout import Layout, SandboxError
from sandbox.machine.host import Host, Placement
from sandbox.machine.networks import NAMESPACES, Networks
from sandbox.machine.root_disk import GUEST, GUEST_FOLDER, create_root_disk, interpreter, refresh_guest, shown

BOOT_SECONDS = 60.0
SHUTDOWN_SECONDS = 60.0
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Hosts:
    """Boot and stop the hosts of one sandbox.

    Args:
        layout: The sandbox.
        networks: Its networks.
        on_loss: Called with the instance id when a host ended without being asked to.
    """

    def __init__(self, layout: Layout, networks: Networks, on_loss: Callable[[str], None]) -> None:
        self._layout, self._networks, self._on_loss = layout, networks, on_loss
        self._hosts: dict[str, Host] = {}
        self._asked_to_end: set[str] = set()
        self.on_network: Callable[[str], None] = lambda _instance_id: None  # called when a host's network is there

    def find(self, instance_id: str) -> Host | None:
        """Return a running host, None for one that does not run."""
        return self._hosts.get(instance_id)

    def boot(self, placement: Placement, devices: Mapping[str, str], environment: Mapping[str, str]) -> Host:
        """Start a host and wait until its enabled units are started.

        Args:
            placement: Where it stands.
            devices: Volume id to block device, of the volumes that are attached already.
            environment: What its processes start with; PATH is added.

        Returns:
            The host.

        Raises:
            SandboxError: It did not come up; its console log is named.
        """
        instance_id = placement.instance_id
        disk = self._layout.root_disk(instance_id)
        name = "ip-" + placement.private_ip.replace(".", "-")
        if not disk.exists():
            create_root_disk(disk, name)
        environment = {"PATH": PATH, "LANG": "C.UTF-8", **environment}
        refresh_guest(disk, environment)
        self._asked_to_end.discard(instance_id)
        self._networks.disconnect(instance_id)
        self._networks.connect(instance_id, placement.vpc_id, placement.private_ip, placement.vpc_cidr)
        self.on_network(instance_id)
        process = self._hold(placement, disk, name)
        host = Host(placement, process, _child_of(process.pid), environment)
        self._await(host, "booted")
        for volume_id, device in devices.items():
            host.plug(volume_id, device)
        self._let_go_on(host)
        self._await(host, "ready")
        self._hosts[instance_id] = host
        self._write_record(host)
        threading.Thread(target=self._watch, args=(host,), daemon=True).start()
        return host

    def stop(self, instance_id: str) -> None:
        """Shut a host down: its units are stopped in order, then everything in it ends. Its root disk stays."""
        host = self._hosts.pop(instance_id, None)
        if host is None:
            return
        self._asked_to_end.add(instance_id)
        with contextlib.suppress(ProcessLookupError):
            os.kill(host.init_pid, signal.SIGTERM)
        try:
            host.process.wait(SHUTDOWN_SECONDS)
        except subprocess.TimeoutExpired:
            host.process.kill()  # as AWS does when a guest ignores the power button
            host.process.wait()
        self._forget(instance_id)

    def kill_all(self) -> None:
        """End every host at once, as when the power goes, and wait until they are gone."""
        hosts = list(self._hosts.values())
        self._asked_to_end.update(self._hosts)
        for host in hosts:
            with contextlib.suppress(ProcessLookupError):
                os.kill(host.init_pid, signal.SIGKILL)  # what holds the namespaces collects it, and ends
        for host in hosts:
            host.process.wait()

    def remove(self, instance_id: str) -> None:
        """Delete a stopped host's root disk."""
        disk = self._layout.root_disk(instance_id)
        if disk.exists():
            subprocess.run(["rm", "-rf", "--one-file-system", str(disk)], check=False)

    def _hold(self, placement: Placement, disk: Path, name: str) -> "subprocess.Popen[bytes]":
        log = self._layout.host_record(placement.instance_id).with_suffix(".log")
        log.parent.mkdir(exist_ok=True)
        namespace = NAMESPACES / self._networks.namespace(placement.instance_id)
        init = f"{interpreter()} -ISB {GUEST_FOLDER}/init.py"
        folders = [str(folder) for folder in shown()]
        argv = ["sh", str(GUEST / "boot.sh"), str(disk), name, init, *folders]
        with log.open("ab") as console:
            return subprocess.Popen(
                ["nsenter", f"--net={namespace}", "unshare", *_NEW_NAMESPACES, *argv],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=console,
                env={"PATH": PATH, "LANG": "C.UTF-8"},
                start_new_session=True,
            )

    def _await(self, host: Host, word: str) -> None:
        """Wait for the init's next word: `booted` when it waits for its devices, `ready` when its units are up."""
        stream = host.process.stdout
        if stream is None:
            return
        readable, _, _ = select.select([stream], [], [], BOOT_SECONDS)
        if not readable or stream.readline().decode().strip() != word:
            host.process.kill()
            host.process.wait()
            instance_id = host.placement.instance_id
            log = self._layout.host_record(instance_id).with_suffix(".log")
            raise SandboxError(f"host {instance_id} did not come up ('{word}' was awaited); its console is in {log}.")

    @staticmethod
    def _let_go_on(host: Host) -> None:
        if host.process.stdin:
            host.process.stdin.write(b"go\n")
            host.process.stdin.flush()

    def _watch(self, host: Host) -> None:
        host.process.wait()
        instance_id = host.placement.instance_id
        if instance_id not in self._asked_to_end and self._hosts.get(instance_id) is host:
            del self._hosts[instance_id]
            self._forget(instance_id)
            self._on_loss(instance_id)

    def _forget(self, instance_id: str) -> None:
        self._layout.host_record(instance_id).unlink(missing_ok=True)
        with contextlib.suppress(SandboxError):
            self._networks.disconnect(instance_id)

    def _write_record(self, host: Host) -> None:
        record = {
            "init_pid": host.init_pid,
            "private_ip": host.placement.private_ip,
            "network": self._networks.namespace(host.placement.instance_id),
            "environment": host.environment,
        }
        path = self._layout.host_record(host.placement.instance_id)
        partial = path.with_suffix(".partial")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(record))
        partial.replace(path)


_NEW_NAMESPACES = ("--mount", "--pid", "--uts", "--ipc", "--fork", "--kill-child")


def _child_of(pid: int) -> int:
    """Return the only child of a process, waiting for it to appear."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    for _ in range(1000):
        text = children.read_text().split() if children.exists() else []
        if text:
            return int(text[0])
        select.select([], [], [], 0.005)
    raise SandboxError("a host's namespaces could not be made: `unshare` started nothing.")
