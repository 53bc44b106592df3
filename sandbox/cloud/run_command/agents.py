"""Run Command: agents that run documents' scripts in the hosts."""

import contextlib
import os
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import IO

from sandbox.cloud.run_command.documents import Script
from sandbox.machine.host import Host
from sandbox.machine.hosts import Hosts

STDOUT_CHARACTERS = 24_000
STDERR_CHARACTERS = 8_000
TRUNCATED = "\n---Output truncated---"
KEPT_BYTES = 1 << 20  # what is read of an output before it is cut for the answer
VISIBLE_AFTER_SECONDS = 0.05  # until then GetCommandInvocation says InvocationDoesNotExist, as AWS may
STOPPED_EXIT_STATUS = 137  # amazon-ssm-agent: CommandStoppedPreemptivelyExitCode
ORCHESTRATION = "var/lib/amazon/ssm/{instance_id}/document/orchestration/{command_id}/{step}"


@dataclass
class Invocation:
    """One command on one instance."""

    command: "Command"
    instance_id: str
    status: str = "Pending"
    status_details: str = "Pending"
    response_code: int = -1
    stdout: str = ""
    stderr: str = ""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)

    def end(self, status: str, details: str, code: int, stdout: str = "", stderr: str = "") -> None:
        """Record how it went, outputs cut as AWS cuts them."""
        self.response_code, self.stdout, self.stderr = (
            code,
            _cut(stdout, STDOUT_CHARACTERS),
            _cut(stderr, STDERR_CHARACTERS),
        )
        self.ended_at = datetime.now(timezone.utc)
        self.status_details = details
        self.status = status

    @property
    def is_over(self) -> bool:
        """Whether it has its last status."""
        return self.status not in {"Pending", "InProgress", "Delayed", "Cancelling"}


@dataclass
class Command:
    """One SendCommand."""

    document_name: str
    document_version: str
    script: Script
    parameters: Mapping[str, Sequence[str]]
    comment: str
    timeout_seconds: int
    command_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    requested_at: datetime = field(default_factory=lambda: datetime.now(timezone.utc))
    sent: float = field(default_factory=time.monotonic)
    invocations: dict[str, Invocation] = field(default_factory=dict)

    @property
    def expires_at(self) -> datetime:
        """When it is no longer delivered."""
        return self.requested_at + timedelta(seconds=self.timeout_seconds + self.script.timeout_seconds)

    @property
    def status(self) -> str:
        """The command's status over all its instances."""
        statuses = [invocation.status for invocation in self.invocations.values()]
        order = ("InProgress", "Cancelling", "Pending", "Failed", "TimedOut", "Cancelled", "Success")
        return next((status for status in order if status in statuses), "Pending")


class RunCommand:
    """Carry out commands and remember them.

    Args:
        hosts: Where they run.
    """

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self.commands: dict[str, Command] = {}

    def send(self, command: Command, instance_ids: Sequence[str]) -> None:
        """Start a command on instances."""
        for instance_id in instance_ids:
            command.invocations[instance_id] = Invocation(command, instance_id)
        self.commands[command.command_id] = command
        for invocation in command.invocations.values():
            threading.Thread(target=self._deliver, args=(invocation,), daemon=True).start()

    def cancel(self, command: Command, instance_ids: Sequence[str]) -> None:
        """Ask the agents to stop a command; one that is over stays as it is."""
        for instance_id in instance_ids or list(command.invocations):
            invocation = command.invocations[instance_id]
            if not invocation.is_over:
                invocation.status = invocation.status_details = "Cancelling"
                invocation.cancelled.set()

    def host_ended(self, instance_id: str) -> None:
        """Give up what still runs on a host that ends; AWS reports such a command as undeliverable or timed out."""
        for command in list(self.commands.values()):
            invocation = command.invocations.get(instance_id)
            if invocation and not invocation.is_over:
                invocation.cancelled.set()

    def _deliver(self, invocation: Invocation) -> None:
        deadline = time.monotonic() + invocation.command.timeout_seconds
        while (host := self._hosts.find(invocation.instance_id)) is None:
            if invocation.cancelled.is_set():
                invocation.end("Cancelled", "Cancelled", -1)
                return
            if time.monotonic() > deadline:
                invocation.end("TimedOut", "Delivery Timed Out", -1)
                return
            time.sleep(0.05)
        invocation.started_at = datetime.now(timezone.utc)
        if not invocation.cancelled.is_set():
            invocation.status = invocation.status_details = "InProgress"
        try:
            _run(invocation, host)
        except Exception as error:  # noqa: BLE001 - what the agent cannot start is a failed command, not a dead thread
            invocation.end("Failed", "Failed", 1, stderr=f"the sandbox's agent could not run the script: {error}")


def _run(invocation: Invocation, host: Host) -> None:
    command = invocation.command
    path = _write_script(invocation, host)
    process = host.start(
        ["sh", "-c", 'cd "$1" && exec "$2"', "sh", command.script.working_directory or str(path.parent), str(path)],
        {
            **command.script.environment,
            "AWS_SSM_INSTANCE_ID": invocation.instance_id,
            "AWS_SSM_REGION_NAME": host.environment["AWS_REGION"],
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    outputs = [_Reader(process.stdout), _Reader(process.stderr)]
    ended = _wait(process, command.script.timeout_seconds, invocation.cancelled)
    if not ended:
        _end_group(process)
    stdout, stderr = (reader.text(0.5) for reader in outputs)
    code = process.wait()
    status, details = _verdict(ended=ended, code=code, cancelled=invocation.cancelled.is_set())
    if status == "Failed":
        # amazon-ssm-agent adds this line, so that the script's own last line is the one before it.
        reason = f"exit status {code}" if code >= 0 else f"signal: {str(signal.strsignal(-code)).lower()}"
        stderr += ("" if stderr.endswith("\n") or not stderr else "\n") + f"failed to run commands: {reason}"
    code = max(code, -1)
    code = STOPPED_EXIT_STATUS if status in {"TimedOut", "Cancelled"} else code
    invocation.end(status, details, code, stdout, stderr)


def _verdict(*, ended: bool, code: int, cancelled: bool) -> tuple[str, str]:
    if ended and code == 0:
        return "Success", "Success"
    if not ended or code == STOPPED_EXIT_STATUS:  # the agent takes 137 for its own kill, wherever it came from
        return ("Cancelled", "Cancelled") if cancelled else ("TimedOut", "Execution Timed Out")
    return "Failed", "Failed"


def _write_script(invocation: Invocation, host: Host) -> Path:
    folder = Path(
        ORCHESTRATION.format(
            instance_id=invocation.instance_id,
            command_id=invocation.command.command_id,
            step=invocation.command.script.step,
        )
    )
    (host.root / folder).mkdir(parents=True, mode=0o700)
    script = host.root / folder / "_script.sh"
    text = invocation.command.script.text
    script.write_text(text if text.startswith("#!") else f"#!/bin/sh\n{text}")
    script.chmod(0o700)
    return Path("/") / folder / "_script.sh"


def _wait(process: "subprocess.Popen[bytes]", timeout_seconds: float, cancelled: threading.Event) -> bool:
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline and not cancelled.is_set():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.2)
            return True
    return process.poll() is not None


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """Kill a script and its children; what it started under systemd belongs to the init and lives on."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class _Reader:
    """Drain an output, keeping its beginning."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._stream = stream
        self._kept = bytearray()
        self._thread = threading.Thread(target=self._drain, daemon=True)
        self._thread.start()

    def text(self, patience_seconds: float) -> str:
        """Return what was written; a background child that holds the output open is not waited for longer than this."""
        self._thread.join(patience_seconds)
        return bytes(self._kept).decode(errors="replace")

    def _drain(self) -> None:
        if self._stream is None:
            return
        with self._stream:
            while chunk := os.read(self._stream.fileno(), 65536):
                self._kept += chunk[: KEPT_BYTES - len(self._kept)]


def _cut(text: str, characters: int) -> str:
    return text if len(text) <= characters else text[: characters - len(TRUNCATED)] + TRUNCATED
