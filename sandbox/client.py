"""Start, use and stop sandboxes from Python; what `python -m sandbox` and the tests are made of."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import boto3

from sandbox.cleanup import clean, leftovers
from sandbox.hosts import enter
from sandbox.layout import PROJECT_ROOT, Layout, SandboxError
from sandbox.networks import NAMESPACES

START_SECONDS = 120.0
STOP_SECONDS = 10.0


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
        if is_alive(layout):
            return cls.connect(name)
        if leftovers(layout):
            say(f"an earlier sandbox {name} was not stopped: cleaning up after it")
            clean(layout)
        layout.state.mkdir(parents=True, mode=0o700)
        with layout.log.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "sandbox.supervisor", name],
                cwd=PROJECT_ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "PULUMI_"))},
            )
        try:
            _follow(layout, process, say)
        except BaseException:
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
        return _EndpointSession(session, self.record["endpoint"])

    def exec(
        self,
        instance_id: str,
        argv: Sequence[str],
        input: str | None = None,
        timeout_seconds: float = 120,  # noqa: A002 - subprocess's name
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
        """Start a client in a host's network, with this machine's files; it reaches a replica set by its real addresses.

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

    def volume_file(self, volume_id: str) -> Path:
        """Return the raw image of a volume."""
        return self.layout.volumes / f"{volume_id}.img"

    def snapshot_file(self, snapshot_id: str) -> Path:
        """Return the raw image of a snapshot."""
        return self.layout.snapshots / f"{snapshot_id}.img"

    def _ask(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.record['endpoint']}/_sandbox/{path}", timeout=30) as answer:  # noqa: S310 - our own http
            return json.load(answer)


class _EndpointSession:
    """A boto3 session that gives each client the sandbox's endpoint."""

    def __init__(self, session: Any, endpoint: str) -> None:
        self._session, self._endpoint = session, endpoint

    def client(self, service: str, **options: Any) -> Any:
        """Return a client."""
        return self._session.client(service, **{"endpoint_url": self._endpoint, **options})

    def resource(self, service: str, **options: Any) -> Any:
        """Return a resource."""
        return self._session.resource(service, **{"endpoint_url": self._endpoint, **options})

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


def stop(layout: Layout) -> None:
    """Stop a sandbox, or what is left of one, and check that nothing is left.

    Raises:
        SandboxError: Something would not go; the message names it.
    """
    require_root()
    pid = supervisor_pid(layout)
    if pid:
        os.kill(pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while is_alive(layout):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            time.sleep(0.02)
    clean(layout)
    left = leftovers(layout)
    if left:
        raise SandboxError(f"sandbox {layout.name} left behind: {'; '.join(left)}")


def is_alive(layout: Layout) -> bool:
    """Tell whether a sandbox's supervisor lives: it holds the lock, which the kernel takes from a dead one."""
    return supervisor_pid(layout) is not None


def supervisor_pid(layout: Layout) -> int | None:
    """Return the pid of a living supervisor."""
    try:
        lock = layout.lock.open()
    except FileNotFoundError:
        return None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(lock.read() or 0) or None
    return None


def running() -> list[str]:
    """Return the names of the sandboxes that have left anything, running or not."""
    folder = PROJECT_ROOT / ".sandbox"
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def require_root() -> None:
    """Refuse to go on without the rights to make namespaces, mounts and loop devices.

    Raises:
        SandboxError: This is not root.
    """
    if os.geteuid() != 0:
        raise SandboxError(
            "a sandbox makes namespaces, mounts and loop devices: run this as root, for instance with `sudo -E`."
        )


def _follow(layout: Layout, process: "subprocess.Popen[bytes]", say: Callable[[str], None]) -> None:
    deadline = time.monotonic() + START_SECONDS
    lines = _new_lines(layout.progress)
    while True:
        ended = process.poll() is not None
        ready = layout.record.exists()
        for line in next(lines):
            if line.startswith("error: "):
                raise SandboxError(line.removeprefix("error: "))
            say(line)
        if ready:
            return
        if ended:
            raise SandboxError(f"the supervisor ended: {layout.log.read_text()[-2000:].strip()}")
        if time.monotonic() > deadline:
            raise SandboxError(f"the sandbox was not ready after {START_SECONDS:.0f} s.")
        time.sleep(0.05)


def _new_lines(path: Path) -> Iterator[list[str]]:
    seen = 0
    while True:
        text = ""
        with contextlib.suppress(FileNotFoundError):
            text = path.read_text()
        complete = text[: text.rfind("\n") + 1]
        yield complete[seen:].splitlines()
        seen = len(complete)
