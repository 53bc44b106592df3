"""The processes of aws:executeScript: each in the automations' own network, where only the sandbox's API answers."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sandbox.machine.commands import run
from sandbox.machine.hosts import PATH
from sandbox.machine.networks import NAMESPACES, Networks

RUNNER = Path(__file__).with_name("runner.py")
NETWORK = "automation"
LOG_BYTES = 20_000
POLL_SECONDS = 0.05


class ScriptFailed(Exception):
    """The script raised, was killed, or returned what JSON cannot say."""


@dataclass(frozen=True)
class ScriptAnswer:
    """What a handler returned, and what it printed."""

    payload: Any
    log: str


class Scripts:
    """Run scripts.

    Args:
        networks: The sandbox's networks: a process in one of them ends with the sandbox, however that ends.
        serve: Serves the API in the network of that name.
    """

    def __init__(self, networks: Networks, serve: Callable[[str], None]) -> None:
        self._networks, self._serve = networks, serve
        self._lock = threading.Lock()

    def run(
        self,
        inputs: Mapping[str, Any],
        environment: Mapping[str, str],
        is_over: Callable[[], bool],
    ) -> ScriptAnswer | None:
        """Run a script to its end.

        Args:
            inputs: The step's: Script, Handler, InputPayload.
            environment: Endpoint, region and credentials.
            is_over: Asked again and again; the script is killed when it says so.

        Returns:
            What it answered, None when it was killed.

        Raises:
            ScriptFailed: It raised, or could not be run.
        """
        request = {
            "script": inputs["Script"],
            "handler": inputs["Handler"],
            "payload": inputs.get("InputPayload", {}),
        }
        read, write = os.pipe()
        with os.fdopen(read, "rb") as answer:
            try:
                process = self._start(json.dumps(request, default=str), write, environment)
            finally:
                os.close(write)
            log, text = _Drain(process.stdout, LOG_BYTES), _Drain(answer)
            if not _wait(process, is_over):
                _kill(process)
                return None
            return _answer(text.text(), log.text(), process.returncode)

    def _start(self, request: str, descriptor: int, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [
                "nsenter", f"--net={self._network()}",
                sys.executable, "-IB", str(RUNNER), str(descriptor),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={"PATH": PATH, "LANG": "C.UTF-8", **environment},
            cwd="/",
            pass_fds=(descriptor,),
            start_new_session=True,
        )  # fmt: skip
        if process.stdin:
            with contextlib.suppress(BrokenPipeError), process.stdin:
                process.stdin.write(request.encode())
        return process

    def _network(self) -> Path:
        """Return the automations' network: a loopback with the API, and no way to anywhere else."""
        name = self._networks.namespace(NETWORK)
        with self._lock:
            if not (NAMESPACES / name).exists():
                run(["ip", "netns", "add", name])
                run(["ip", "-n", name, "link", "set", "lo", "up"])
                self._serve(NETWORK)
        return NAMESPACES / name


def _wait(process: "subprocess.Popen[bytes]", is_over: Callable[[], bool]) -> bool:
    while not is_over():
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(POLL_SECONDS)
            return True
    return process.poll() is not None


def _kill(process: "subprocess.Popen[bytes]") -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _answer(text: str, log: str, status: int) -> ScriptAnswer:
    answer = json.loads(text) if text else {"error": f"the script's process ended with status {status}"}
    if "error" in answer:
        raise ScriptFailed(answer["error"] + (f"; it printed: {log[-1000:]}" if log else ""))
    return ScriptAnswer(answer["answer"], log)


class _Drain:
    """Read a stream to its end beside everything else, keeping its beginning."""

    def __init__(self, stream: IO[bytes] | None, limit: int | None = None) -> None:
        self._kept, self._limit = b"", limit
        self._thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self._thread.start()

    def text(self) -> str:
        """Return what was written; a child that still holds the stream is not waited for longer than a moment."""
        self._thread.join(1)
        return self._kept.decode(errors="replace")

    def _read(self, stream: IO[bytes] | None) -> None:
        with contextlib.suppress(OSError, ValueError):
            while stream is not None and (chunk := os.read(stream.fileno(), 65536)):
                self._kept = (self._kept + chunk)[: self._limit]
