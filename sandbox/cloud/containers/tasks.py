"""Tasks that really run: each in a host of its own, with states that follow what happens to its process."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sandbox.cloud.containers.image import create_folder, create_image
from sandbox.cloud.containers.logs import LogStream, NoLogGroup
from sandbox.cloud.containers.secrets import SecretNotFound, resolve
from sandbox.cloud.world import World
from sandbox.layout import SandboxError
from sandbox.machine.host import Host, Placement

PROVISIONING_SECONDS = 0.3
DEPROVISIONING_SECONDS = 0.2
POLL_SECONDS = 0.1
OUTPUT_SECONDS = 2.0


class TaskFailedToStart(Exception):
    """A container cannot start; the message is the task's stoppedReason."""


@dataclass(frozen=True)
class Launch:
    """What a container is started with.

    Args:
        account_id: The account.
        region: The region.
        digest: The image's.
        argv: Its command.
        environment: Its variables, endpoint and credentials among them, its secrets not.
        secrets: The definition's.
        working_directory: Where it starts; empty: the root.
        log_options: Of the awslogs driver; empty: no log.
        log_stream: The stream's name.
        stop_timeout_seconds: Between SIGTERM and SIGKILL.
        placement: Where the task stands.
    """

    account_id: str
    region: str
    digest: str
    argv: list[str]
    environment: Mapping[str, str]
    secrets: list[dict[str, str]]
    working_directory: str
    log_options: Mapping[str, str]
    log_stream: str
    stop_timeout_seconds: float
    placement: Placement


@dataclass
class TaskRun:
    """One running task.

    Args:
        task: moto's record, whose states are set here.
        launch: What it runs.
        release: Gives its network interface back when it has ended.
    """

    task: Any
    launch: Launch
    release: Callable[[], None] = lambda: None
    stop_asked: threading.Event = field(default_factory=threading.Event)

    def stop(self, reason: str) -> None:
        """Ask for its end."""
        if not self.stop_asked.is_set() and self.task.last_status != "STOPPED":
            self.task.desired_status = "STOPPED"
            self.task.stop_code, self.task.stopped_reason = "UserInitiated", reason or "Task stopped by user"
            self.task.stopping_at = _now()
        self.stop_asked.set()


class Tasks:
    """Run tasks.

    Args:
        world: The real things: a task's host is one of its hosts.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.runs: dict[str, TaskRun] = {}
        self.on_end: Callable[[str], None] = lambda _task_id: None

    def start(self, run: TaskRun) -> None:
        """Begin a task, beside the request that asked for it."""
        self.runs[run.task.id] = run
        threading.Thread(target=self._live, args=(run,), daemon=True).start()

    def _live(self, run: TaskRun) -> None:
        task = run.task
        time.sleep(PROVISIONING_SECONDS)
        try:
            task.last_status = "PENDING"
            self._run(run)
        except TaskFailedToStart as error:
            self._fail(run, str(error))
        except Exception as error:  # noqa: BLE001 - the stand-in's own fault is told as one and stops the task
            self._fail(run, f"CannotStartContainerError: the sandbox could not run it: {error}")
        task.containers[0].last_status = "STOPPED"
        task.last_status = "DEPROVISIONING"
        task.desired_status = "STOPPED"
        task.stopping_at = getattr(task, "stopping_at", None) or _now()
        task.execution_stopped_at = _now()
        self._take_apart(run)
        time.sleep(DEPROVISIONING_SECONDS)
        task.stopped_at = _now()
        task.last_status = "STOPPED"

    def _take_apart(self, run: TaskRun) -> None:
        task_id = run.task.id
        self.on_end(task_id)
        self._world.hosts.stop(task_id)
        self._world.hosts.remove(task_id)
        with contextlib.suppress(SandboxError):
            self._world.networks.disconnect(task_id)  # of a host that did not come up
        run.release()

    def _run(self, run: TaskRun) -> None:
        launch = run.launch
        log, secrets = self._prepare(launch)
        if run.stop_asked.is_set():
            return
        host = self._boot(launch)
        process = _start(host, launch, secrets)
        log.carry(process.stdout)
        run.task.started_at = run.task.connectivity_at = _now()
        run.task.connectivity = "CONNECTED"
        run.task.containers[0].last_status = "RUNNING"
        run.task.last_status = "RUNNING"
        if not _ended(process, run):
            _terminate(process, launch.stop_timeout_seconds)
        status = process.wait()
        log.finish(OUTPUT_SECONDS)
        self._record(run, status)

    @staticmethod
    def _prepare(launch: Launch) -> tuple[LogStream, dict[str, str]]:
        try:
            log = LogStream(launch.account_id, launch.log_options, launch.log_stream)
            return log, resolve(launch.account_id, launch.region, launch.secrets)
        except NoLogGroup as error:
            raise TaskFailedToStart(f"ResourceInitializationError: failed to validate logger args: {error}") from None
        except SecretNotFound as error:
            raise TaskFailedToStart(
                f"ResourceInitializationError: unable to pull secrets or registry auth: {error}"
            ) from None

    def _boot(self, launch: Launch) -> Host:
        task_id = launch.placement.instance_id
        name = "ip-" + launch.placement.private_ip.replace(".", "-")
        try:
            disk = create_image(self._world.layout, task_id, name, launch.digest, self._world.names)
            if launch.working_directory:
                create_folder(disk, launch.working_directory)
            return self._world.hosts.boot(launch.placement, {}, launch.environment)
        except SandboxError as error:
            raise TaskFailedToStart(f"CannotStartContainerError: {error}") from None

    @staticmethod
    def _record(run: TaskRun, status: int) -> None:
        task = run.task
        # A process that a signal ended has 128 and the signal's number, as container engines tell it.
        task.containers[0].exitCode = status if status >= 0 else 128 - status
        if not run.stop_asked.is_set():
            task.stop_code, task.stopped_reason = (
                "EssentialContainerExited",
                "Essential container in task exited",
            )

    @staticmethod
    def _fail(run: TaskRun, reason: str) -> None:
        run.task.containers[0].reason = reason
        run.task.stop_code, run.task.stopped_reason = "TaskFailedToStart", reason


def _start(host: Host, launch: Launch, secrets: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    folder = launch.working_directory or "/"
    return host.start(
        ["sh", "-c", 'cd "$0" && exec "$@"', folder, *launch.argv],
        secrets,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def _ended(process: "subprocess.Popen[bytes]", run: TaskRun) -> bool:
    """Wait until a container has ended, or is to be stopped."""
    while not run.stop_asked.is_set():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(POLL_SECONDS)
            return True
    return process.poll() is not None


def _terminate(process: "subprocess.Popen[bytes]", patience_seconds: float) -> None:
    """Stop a container as its engine does: SIGTERM to its main process, SIGKILL to all when it goes on."""
    for child in _children(process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(patience_seconds)
        return
    for child in _children(process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    """Return the container's process: what entered the host waits for it outside, and has its exit status."""
    with contextlib.suppress(OSError):
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def _now() -> datetime:
    return datetime.now(timezone.utc)
