"""local.Command as the real plugin does it: create, update (or create again), delete; a changed trigger replaces.

After pulumi-command 1.2: the command is the last argument of the interpreter (`/bin/sh -c`), both streams are shown as
they come, and stdout and stderr are outputs without their last newline.
"""

import contextlib
import os
import signal
import subprocess
import threading
import uuid
from collections.abc import Mapping
from typing import IO, Any

from sandbox.plugins.protocol import Call, Difference, PluginError, difference
from sandbox.plugins.values import UNKNOWN

_TYPE = "command:local:Command"
_TAKES = {
    "create",
    "update",
    "delete",
    "triggers",
    "environment",
    "interpreter",
    "dir",
    "stdin",
    "addPreviousOutputInEnv",
}
_SHELL = ["/bin/sh", "-c"]
_ASK_SECONDS = 5


class CommandProvider:
    """Run commands on this machine."""

    version = "1.2.1"

    def check_config(self, config: Mapping[str, Any]) -> None:
        """Refuse settings: the real plugin has none either."""
        unknown = sorted(set(config) - {"version"})
        if unknown:
            raise PluginError(f"the sandbox's command plugin does not know the setting {', '.join(unknown)}")

    def configure(self, config: Mapping[str, Any]) -> None:
        """Take no configuration."""

    def check(self, call: Call, old: Mapping[str, Any], new: Mapping[str, Any], seed: bytes) -> Mapping[str, Any]:
        """Refuse other types and properties by name."""
        if call.type != _TYPE:
            raise PluginError(f"the sandbox's command plugin does not know the type {call.type} ({call.name})")
        unknown = sorted(set(new) - _TAKES)
        if unknown:
            raise PluginError(
                f"the sandbox's command plugin does not know the property {', '.join(unknown)} of "
                f"{call.type} ({call.name})"
            )
        return new

    def diff(self, call: Call, old: Mapping[str, Any], new: Mapping[str, Any]) -> Difference:
        """Compare inputs; a changed trigger asks for a replacement, everything else for an update."""
        return difference(old, new, ("triggers",))

    def create(self, call: Call, inputs: Mapping[str, Any], preview: bool) -> tuple[str, Mapping[str, Any]]:
        """Run the create command."""
        if preview:
            return "", {**inputs, "stdout": UNKNOWN, "stderr": UNKNOWN}
        return f"{call.name}{uuid.uuid4().hex[:8]}", {**inputs, **_run(call, inputs.get("create"), inputs, {})}

    def read(
        self, call: Call, resource_id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]] | None:
        """Return what was there: a command that was run cannot go away."""
        return inputs, outputs

    def update(
        self,
        call: Call,
        resource_id: str,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        outputs: Mapping[str, Any],
        preview: bool,
    ) -> Mapping[str, Any]:
        """Run the update command, or the create command where there is none."""
        if preview:
            return {**new, "stdout": UNKNOWN, "stderr": UNKNOWN}
        return {**new, **_run(call, new.get("update", new.get("create")), new, outputs)}

    def delete(self, call: Call, resource_id: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> None:
        """Run the delete command, if there is one."""
        known = {**outputs, **inputs}
        _run(call, known.get("delete"), known, outputs)

    def invoke(self, token: str, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        """Refuse every function."""
        raise PluginError(f"the sandbox's command plugin does not know the function {token}")


def _run(call: Call, command: str | None, inputs: Mapping[str, Any], former: Mapping[str, Any]) -> dict[str, str]:
    """Run a command, show its lines, and return what it wrote.

    Raises:
        PluginError: If it fails, or the engine asks to stop.
    """
    if command is None:
        return {"stdout": str(former.get("stdout", "")), "stderr": str(former.get("stderr", ""))}
    call.check_cancelled()
    try:
        process = subprocess.Popen(
            [*(inputs.get("interpreter") or _SHELL), command],
            cwd=inputs.get("dir"),
            env=_environment(inputs, former),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise PluginError(f"{call.name}: cannot run the command ({error.strerror}: {error.filename})") from None
    stdout, stderr, both = _follow(call, process, inputs.get("stdin", ""))
    if process.returncode:
        call.check_cancelled()
        raise PluginError(f"exit status {process.returncode}: running {command!r}:\n{both}")
    return {"stdout": stdout.removesuffix("\n"), "stderr": stderr.removesuffix("\n")}


def _environment(inputs: Mapping[str, Any], former: Mapping[str, Any]) -> dict[str, str]:
    environment = {**os.environ, **{name: str(value) for name, value in inputs.get("environment", {}).items()}}
    if inputs.get("addPreviousOutputInEnv", True):
        said = {"PULUMI_COMMAND_STDOUT": former.get("stdout"), "PULUMI_COMMAND_STDERR": former.get("stderr")}
        environment.update({name: value for name, value in said.items() if value})
    return environment


def _follow(call: Call, process: "subprocess.Popen[str]", stdin: str) -> tuple[str, str, str]:
    """Read both streams to their ends; return what came on each, and both as they came."""
    parts: dict[str, list[str]] = {"stdout": [], "stderr": [], "both": []}

    def read(stream: IO[str], name: str) -> None:
        for line in stream:
            parts[name].append(line)
            parts["both"].append(line)
            call.log.line(call.urn, line.rstrip("\n"))

    threads = [
        threading.Thread(target=read, args=(process.stdout, "stdout")),
        threading.Thread(target=read, args=(process.stderr, "stderr")),
        threading.Thread(target=_feed, args=(process.stdin, stdin)),
        threading.Thread(target=_end_when_cancelled, args=(call, process), daemon=True),
    ]
    for thread in threads:
        thread.start()
    for thread in threads[:3]:
        thread.join()
    process.wait()
    return "".join(parts["stdout"]), "".join(parts["stderr"]), "".join(parts["both"])


def _feed(stream: IO[str], text: str) -> None:
    try:
        stream.write(text)
        stream.close()
    except BrokenPipeError:
        pass  # The command did not want to hear it.


def _end_when_cancelled(call: Call, process: "subprocess.Popen[str]") -> None:
    """End the command with everything that it started, first by asking, when the engine asks to stop."""
    while process.poll() is None:
        if call.cancelled.wait(0.2):
            _signal(process, signal.SIGTERM)
            try:
                process.wait(_ASK_SECONDS)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)
            return


def _signal(process: "subprocess.Popen[str]", number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):  # It ended by itself in the meantime.
        os.killpg(process.pid, number)
