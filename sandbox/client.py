"""Start, use and stop sandboxes from Python; what `python -m sandbox` and the tests are made of."""

import json
import os
import subprocess
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import boto3

from sandbox.cleanup import clean
from sandbox.endpoint_session import EndpointSession
from sandbox.layout import Layout, SandboxError
from sandbox.lifecycle import follow, is_alive, launch, one_at_a_time, require_root, stop
from sandbox.machine.host import enter
from sandbox.machine.networks import NAMESPACES


class Sandbox:
    """A running sandbox.

    Args:
        layout: Its paths.
        record: What its supervisor wrote when it was ready.
    """

    def __init__(self, layout: Layout, record: dict[str, Any]) -> None:
        self.layout = layout
        self.record = record

    @classmethod
    def start(cls, name: str = "sandbox", say: Callable[[str], None] = lambda _line: None) -> "Sandbox":
        """Start a sandbox, or find the one of that name that runs already.

        Args:
            name: Its name; also that of its Pulumi stack.
            say: Told each thing that was done.

        Returns:
            The sandbox, production ready.

        Raises:
            SandboxError: It could not be started; nothing of it is left.
        """
        require_root()
        layout = Layout(name)
        with one_at_a_time():
            process = None if is_alive(layout) else launch(layout, say)
        try:
            follow(layout, process, say)
        except BaseException:
            if process:
                process.kill()
                process.wait()
                clean(layout)
            raise
        return cls.connect(name)

    @classmethod
    def connect(cls, name: str = "sandbox") -> "Sandbox":
        """Find a running sandbox.

        Raises:
            SandboxError: None of that name runs.
        """
        layout = Layout(name)
        if not is_alive(layout) or not layout.record.exists():
            raise SandboxError(f"sandbox {name} does not run: start it with `python -m sandbox start --name {name}`.")
        return cls(layout, json.loads(layout.record.read_text()))

    def stop(self) -> None:
        """Stop it and leave nothing of it behind."""
        stop(self.layout)

    @property
    def name(self) -> str:
        """The sandbox's name."""
        return self.layout.name

    @property
    def env(self) -> dict[str, str]:
        """The environment that leads AWS clients and Pulumi to the sandbox, over this process's own."""
        own = {key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PULUMI_"))}
        return {**own, **self.record["environment"]}

    @property
    def production(self) -> dict[str, Any]:
        """Production's ids, addresses and parameter names."""
        production: dict[str, Any] = self.record["production"]
        return production

    def session(self) -> Any:
        """Return a boto3 session whose clients ask the sandbox."""
        environment = self.record["environment"]
        session = boto3.Session(
            environment["AWS_ACCESS_KEY_ID"],
            environment["AWS_SECRET_ACCESS_KEY"],
            region_name=environment["AWS_REGION"],
        )
        return EndpointSession(session, self.record["endpoint"])

    def exec(
        self,
        instance_id: str,
        argv: Sequence[str],
        input: str | None = None,  # noqa: A002 - subprocess's name
        timeout_seconds: float = 120,
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command inside a host as root and wait for it.

        Args:
            instance_id: The host.
            argv: The command.
            input: Text for its standard input.
            timeout_seconds: After this it is killed.

        Returns:
            Its output and exit status.
        """
        host = self.host(instance_id)
        return subprocess.run(
            [*enter(host["init_pid"]), *argv],
            env=host["environment"],
            input=input,
            stdin=subprocess.DEVNULL if input is None else None,
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
            check=False,
        )

    def spawn_beside(self, instance_id: str, argv: Sequence[str], **options: Any) -> "subprocess.Popen[Any]":
        """Start a client in a host's network, with this machine's files; it reaches a replica set by its addresses.

        Args:
            instance_id: The host.
            argv: The command.
            options: Passed to `subprocess.Popen`.

        Returns:
            The process.
        """
        return subprocess.Popen(
            ["nsenter", f"--net={NAMESPACES / self.host(instance_id)['network']}", *argv], **options
        )

    def forward(self, instance_id: str, port: int = 27017, address: str | None = None) -> tuple[str, int]:
        """Open a way from this machine to a host's port.

        Args:
            instance_id: The host.
            port: Its port.
            address: The address it listens at; its private IP unless given.

        Returns:
            Host and port to connect to, with `directConnection=true` for a mongod.
        """
        address = address or self.host(instance_id)["private_ip"]
        host, local_port = self._ask(f"forward/{instance_id}/{address}/{port}")
        return host, local_port

    def forward_database(self, cluster_id: str) -> tuple[str, int]:
        """Open a way from this machine to an Aurora cluster that has an instance.

        Args:
            cluster_id: Its identifier.

        Returns:
            Host and port to connect to; its certificate is for them, too, and is verified with the bundle at
            `RDS_CA_BUNDLE` of the sandbox's environment.
        """
        found = self.session().client("rds").describe_db_clusters(DBClusterIdentifier=cluster_id)["DBClusters"][0]
        return self.forward(found["DbClusterResourceId"], found["Port"])

    def forwards(self) -> list[dict[str, Any]]:
        """Return the open forwards."""
        found: list[dict[str, Any]] = self._ask("forwards")
        return found

    def host(self, instance_id: str) -> dict[str, Any]:
        """Return how to enter a running host.

        Raises:
            SandboxError: It does not run.
        """
        try:
            record: dict[str, Any] = json.loads(self.layout.host_record(instance_id).read_text())
        except FileNotFoundError:
            raise SandboxError(
                f"{instance_id} does not run in sandbox {self.name}: see `python -m sandbox status`."
            ) from None
        return record

    def host_root(self, instance_id: str) -> Path:
        """Return the folder of all files that a host wrote on its root disk; it is there while the instance exists."""
        return self.layout.root_disk(instance_id) / "upper"

    def trail(self) -> list[dict[str, Any]]:
        """Return every call that this machine made to the API, oldest first: `at`, `operation`, `status`."""
        return [json.loads(line) for line in self.layout.trail.read_text().splitlines()]

    def messages(self) -> list[dict[str, Any]]:
        """Return what topics delivered, oldest first: `at`, `topic`, `protocol`, `endpoint`, `subject`, `message`."""
        path = self.layout.messages
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def alarms(self, hours_ahead: float = 0.0) -> list[dict[str, Any]]:
        """Evaluate every alarm, as it will be after so many hours in which nothing happens; 0 for now.

        Whoever is subscribed is told of every change of state.

        Args:
            hours_ahead: How far; it stays so until the next call.

        Returns:
            `name`, `state`, `reason` and `not_done` (actions that were refused) of each.
        """
        found: list[dict[str, Any]] = self._ask(f"alarms/{hours_ahead}")
        return found

    def volume_file(self, volume_id: str) -> Path:
        """Return the raw image of a volume."""
        return self.layout.volumes / f"{volume_id}.img"

    def snapshot_file(self, snapshot_id: str) -> Path:
        """Return the raw image of a snapshot."""
        return self.layout.snapshots / f"{snapshot_id}.img"

    def _ask(self, path: str) -> Any:
        key = self.record["environment"]["AWS_ACCESS_KEY_ID"]
        request = urllib.request.Request(  # noqa: S310 - our own http
            f"{self.record['endpoint']}/_sandbox/{path}", headers={"Authorization": f"Credential={key}/sandbox"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
            return json.load(answer)
