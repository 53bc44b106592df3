"""Units: started, watched and stopped as systemd does it, as far as this project's scripts rely on it."""

import contextlib
import os
import secrets
import signal
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from ending import Ending
from launching import daemon_pid, launch_of
from processes import Processes, end_all, marked_with
from unit_file import UnitFile, expand

STOP_SECONDS = 90.0  # systemd's DefaultTimeoutStopSec


class Unit:
    """One service: its description, its processes and its state.

    Args:
        file: What it is to run.
        processes: The host's processes.
        environment: What every unit's environment starts with.
        transient: Made by systemd-run: unloaded when it has ended well.
        collect: Unloaded when it has failed, too.
        argv: A transient unit's command.
    """

    def __init__(
        self,
        file: UnitFile,
        processes: Processes,
        environment: Mapping[str, str],
        *,
        transient: bool = False,
        collect: bool = False,
        argv: Sequence[str] = (),
    ) -> None:
        self.file, self.transient, self.collect = file, transient, collect
        self._processes, self._base, self._argv = processes, environment, argv
        self._operation = threading.Lock()
        self.changed = threading.Condition()
        self.active, self.sub, self.result = "inactive", "dead", "success"
        self.main_pid = self.exec_pid = self.restarts = 0
        self.ending = Ending()
        self._invocation = ""
        self._stop_wanted = False

    @property
    def is_running(self) -> bool:
        """Whether it is started, starting or stopping."""
        return self.active in {"active", "activating", "deactivating"}

    def start(self) -> bool:
        """Start it unless it runs; return whether that went well."""
        with self._operation:
            if self.active == "active":
                return True
            return self._start()

    def stop(self) -> None:
        """Stop it: ExecStop, then its kill signal to all its processes, then SIGKILL after TimeoutStopSec."""
        self._stop_wanted = True
        with self._operation:
            if self.active != "active":
                return
            self._set("deactivating", "stop-sigterm")
            environment = {**self._environment(), "MAINPID": str(self.main_pid)}
            for command in self.file.values.get("ExecStop", ()):
                self._run(command, environment)
            number = signal.Signals[self.file.last("KillSignal", "SIGTERM")]
            gently = end_all(self._pids, number, self.file.seconds("TimeoutStopSec", STOP_SECONDS))
            with self.changed:
                self.changed.wait_for(lambda: self.main_pid == 0)
            self._run_all("ExecStopPost", environment)
            self._finish("success" if gently else "timeout")

    def kill(self, name: str) -> None:
        """Send a signal to all its processes."""
        number = (
            signal.Signals[name if name.startswith("SIG") else f"SIG{name}"]
            if not name.isdigit()
            else signal.Signals(int(name))
        )
        for pid in self._pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def reset_failed(self) -> None:
        """Forget a failure."""
        if self.active == "failed":
            self.result = "success"
            self._set("inactive", "dead")

    def properties(self) -> dict[str, str]:
        """Return what `systemctl show` tells."""
        return {
            "Id": self.file.name,
            "LoadState": "loaded",
            "ActiveState": self.active,
            "SubState": self.sub,
            "Result": self.result,
            "MainPID": str(self.main_pid),
            "ExecMainPID": str(self.exec_pid),
            "ExecMainStatus": str(self.ending.status),
            "ExecMainCode": str(self.ending.code),
            "NRestarts": str(self.restarts),
            "Type": self.file.last("Type", "simple"),
            "InvocationID": self._invocation,
        }

    def wait_until_ended(self) -> None:
        """Wait until it is neither running nor starting."""
        with self.changed:
            self.changed.wait_for(lambda: not self.is_running)

    def _start(self) -> bool:
        self._stop_wanted = False
        self._invocation = secrets.token_hex(16)
        self.result, self.ending = "success", Ending()
        for condition in self.file.values.get("ConditionPathExists", ()):
            if not Path(condition).exists():
                return True  # systemd skips such a unit, and calls that success
        self._set("activating", "start-pre")
        environment = self._environment()
        if not self._run_all("ExecStartPre", environment):
            self._finish("exit-code")
            return False
        kind = self.file.last("Type", "simple")
        started = {"oneshot": self._start_oneshot, "forking": self._start_forking}.get(kind, self._start_simple)
        if not started(environment):
            return False
        self._run_all("ExecStartPost", environment)
        return True

    def _start_simple(self, environment: dict[str, str]) -> bool:
        argv = list(self._argv) or expand(self.file.last("ExecStart"), environment)
        self._watch(self._processes.start(launch_of(self.file, argv, environment)))
        self._set("active", "running")
        return True

    def _start_oneshot(self, environment: dict[str, str]) -> bool:
        self._set("activating", "start")
        commands = (
            [list(self._argv)]
            if self._argv
            else [expand(c, environment) for c in self.file.values.get("ExecStart", ())]
        )
        for argv in commands:
            self.exec_pid = self._processes.start(launch_of(self.file, argv, environment))
            self.ending = Ending.of(self._processes.wait(self.exec_pid))
            if not self._ended_well():
                self._finish(self._result())
                return False
        if self.file.is_true("RemainAfterExit"):
            self._set("active", "exited")
        else:
            self._finish("success")
        return True

    def _start_forking(self, environment: dict[str, str]) -> bool:
        self._set("activating", "start")
        starter = self._processes.start(
            launch_of(self.file, expand(self.file.last("ExecStart"), environment), environment)
        )
        self.ending = Ending.of(self._processes.wait(starter))
        if not self._ended_well():
            self._finish(self._result())
            return False
        main = daemon_pid(self.file, self._pids)
        if main == 0 or not self._processes.adopt(main):
            self._finish("protocol")
            return False
        self._watch(main)
        self._set("active", "running")
        return True

    def _watch(self, pid: int) -> None:
        self.main_pid = self.exec_pid = pid
        threading.Thread(target=self._follow, args=(pid,), daemon=True).start()

    def _follow(self, pid: int) -> None:
        self.ending = Ending.of(self._processes.wait(pid))
        with self.changed:
            self.main_pid = 0
            self.changed.notify_all()
        if self._stop_wanted:
            return  # stop() does the rest
        with self._operation:
            if self.active != "active" or self.exec_pid != pid:
                return
            end_all(self._pids, signal.SIGTERM, self.file.seconds("TimeoutStopSec", STOP_SECONDS))
            result = self._result()
            policy = self.file.last("Restart", "no")
            if policy == "always" or (policy == "on-failure" and result != "success"):
                self._set("activating", "auto-restart")
                threading.Thread(target=self._restart_later, daemon=True).start()
            else:
                self._run_all("ExecStopPost", self._environment())
                self._finish(result)

    def _restart_later(self) -> None:
        deadline = time.monotonic() + self.file.seconds("RestartSec", 0.1)
        while time.monotonic() < deadline and not self._stop_wanted:
            time.sleep(0.02)
        with self._operation:
            if self._stop_wanted:
                self._finish("success")
            else:
                self.restarts += 1
                self._start()

    def _result(self) -> str:
        return self.ending.result(self.file.words("SuccessExitStatus"))

    def _ended_well(self) -> bool:
        return self._result() == "success"

    def _finish(self, result: str) -> None:
        self.result = result
        if result == "success":
            self._set("inactive", "dead")
        else:
            self._set("failed", "failed")

    def _set(self, active: str, sub: str) -> None:
        with self.changed:
            self.active, self.sub = active, sub
            self.changed.notify_all()

    def _pids(self) -> list[int]:
        return marked_with(f"INVOCATION_ID={self._invocation}")

    def _environment(self) -> dict[str, str]:
        user = self.file.last("User")
        home = {"USER": user, "LOGNAME": user} if user else {}
        return {**self._base, **home, **self.file.environment(), "INVOCATION_ID": self._invocation}

    def _run_all(self, directive: str, environment: dict[str, str]) -> bool:
        return all(self._run(command, environment) for command in self.file.values.get(directive, ()))

    def _run(self, command: str, environment: dict[str, str]) -> bool:
        forgiven = command.startswith("-")
        argv = expand(command.removeprefix("-"), environment)
        status = self._processes.wait(self._processes.start(launch_of(self.file, argv, environment)))
        return forgiven or status == 0
