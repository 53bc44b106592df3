"""What `systemctl` and `systemd-run` ask the init, and its answers."""

import contextlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from command_line import Options, service_name, systemctl_options, systemd_run_options, transient_file
from ending import EXITED
from processes import Processes
from unit_file import UnitError, enable, read_unit, wanted_units
from units import Unit

NOT_LOADED = {
    "LoadState": "not-found", "ActiveState": "inactive", "SubState": "dead", "Result": "success", "MainPID": "0",
    "ExecMainPID": "0", "ExecMainStatus": "0", "ExecMainCode": "0", "NRestarts": "0", "Type": "", "InvocationID": "",
}  # fmt: skip
INACTIVE = 3  # systemctl is-active's exit status, from LSB
NOT_FOUND = 5  # systemctl's exit status for a unit that is not loaded


@dataclass
class Answer:
    """What the asking command prints and how it ends."""

    status: int = 0
    output: list[str] = field(default_factory=list)
    error: list[str] = field(default_factory=list)


class Control:
    """The units of a host and the commands on them.

    Args:
        processes: The host's processes.
        environment: What every unit's environment starts with.
    """

    def __init__(self, processes: Processes, environment: Mapping[str, str]) -> None:
        self._processes, self._environment = processes, environment
        self._units: dict[str, Unit] = {}
        self._lock = threading.Lock()
        self._order: list[str] = []

    def start_wanted(self) -> None:
        """Start what is enabled, in order."""
        for name in wanted_units():
            with contextlib.suppress(UnitError):
                self._start(name)

    def stop_all(self) -> None:
        """Stop everything that runs, last started first."""
        for name in reversed(self._order):
            unit = self._units.get(name)
            if unit:
                unit.stop()

    def answer(self, program: str, argv: Sequence[str]) -> Answer:
        """Carry out one command line.

        Args:
            program: `systemctl` or `systemd-run`.
            argv: Its arguments.

        Returns:
            Its output and exit status; an option that is not known is refused by name.
        """
        try:
            return self._systemd_run(argv) if program == "systemd-run" else self._systemctl(argv)
        except (UnitError, OSError, ValueError) as error:
            return Answer(1, error=[f"{program}: {error}"])

    def _systemctl(self, argv: Sequence[str]) -> Answer:
        options = systemctl_options(argv)
        if not options.rest:
            raise UnitError("which verb? The sandbox's systemctl does not list units.")
        verb, names = options.rest[0], [service_name(name) for name in options.rest[1:]]
        action = getattr(self, "_do_" + verb.replace("-", "_"), None)
        if action is None:
            raise UnitError(f"the sandbox's systemctl does not know the verb '{verb}'.")
        answer: Answer = action(names, options)
        if "--quiet" in options.flags:
            answer.output = []
        return answer

    def _do_daemon_reload(self, _names: list[str], _options: Options) -> Answer:
        with self._lock:
            for name, unit in list(self._units.items()):
                file = None if unit.transient else read_unit(name)
                if file:
                    unit.file = file
                elif not unit.transient and not unit.is_running:
                    del self._units[name]
        return Answer()

    def _do_start(self, names: list[str], options: Options) -> Answer:
        answer = Answer()
        for name in names:
            if "--no-block" in options.flags:
                self._load(name)
                threading.Thread(target=self._start, args=(name,), daemon=True).start()
            elif not self._start(name):
                answer.status = 1
                answer.error.append(f"Job for {name} failed. See /var/log/units/{name}.log for details.")
        return answer

    def _do_stop(self, names: list[str], _options: Options) -> Answer:
        answer = Answer()
        for name in names:
            unit = self._find(name)
            if unit is None:
                answer = Answer(NOT_FOUND, error=[f"Failed to stop {name}: Unit {name} not loaded."])
            else:
                unit.stop()
                self._unload_ended(unit)
        return answer

    def _do_restart(self, names: list[str], options: Options) -> Answer:
        for name in names:
            self._load(name).stop()
        return self._do_start(names, options)

    def _do_try_restart(self, names: list[str], options: Options) -> Answer:
        return self._do_restart(
            [name for name in names if (unit := self._find(name)) and unit.active == "active"], options
        )

    def _do_kill(self, names: list[str], options: Options) -> Answer:
        for name in names:
            self._load(name).kill((options.values.get("--signal") or ["SIGTERM"])[-1])
        return Answer()

    def _do_is_active(self, names: list[str], _options: Options) -> Answer:
        states = [self._properties(name)["ActiveState"] for name in names]
        return Answer(0 if "active" in states else INACTIVE, states)

    def _do_is_failed(self, names: list[str], _options: Options) -> Answer:
        states = [self._properties(name)["ActiveState"] for name in names]
        return Answer(0 if "failed" in states else 1, states)

    def _do_is_enabled(self, names: list[str], _options: Options) -> Answer:
        states = ["enabled" if name in wanted_units() else "disabled" for name in names]
        return Answer(0 if "enabled" in states else 1, states)

    def _do_enable(self, names: list[str], options: Options) -> Answer:
        for name in names:
            enable(name, on=True)
        return self._do_start(names, options) if "--now" in options.flags else Answer()

    def _do_disable(self, names: list[str], options: Options) -> Answer:
        for name in names:
            enable(name, on=False)
        return self._do_stop(names, options) if "--now" in options.flags else Answer()

    def _do_reset_failed(self, names: list[str], _options: Options) -> Answer:
        answer = Answer()
        for name in names or list(self._units):
            unit = self._units.get(name)
            if unit is None:
                answer = Answer(1, error=[f"Failed to reset failed state of unit {name}: Unit {name} not loaded."])
            else:
                unit.reset_failed()
                self._unload_ended(unit)
        return answer

    def _do_show(self, names: list[str], options: Options) -> Answer:
        wanted = [name for value in options.values.get("--property", ()) for name in value.split(",")]
        lines = []
        for unit in names:
            known = self._properties(unit)
            for name in wanted or known:
                if name not in known:
                    raise UnitError(f"the sandbox's systemctl does not know the property {name}.")
                lines.append(known[name] if "--value" in options.flags else f"{name}={known[name]}")
        return Answer(output=lines)

    def _do_status(self, names: list[str], _options: Options) -> Answer:
        lines = [
            f"{name}: {self._properties(name)['ActiveState']} ({self._properties(name)['SubState']})" for name in names
        ]
        return Answer(0 if all(": active" in line for line in lines) else INACTIVE, lines)

    def _systemd_run(self, argv: Sequence[str]) -> Answer:
        options = systemd_run_options(argv)
        if not options.rest or "--unit" not in options.values:
            raise UnitError("the sandbox's systemd-run needs --unit=NAME and a command.")
        name = service_name(options.values["--unit"][-1])
        unit = Unit(
            transient_file(name, options),
            self._processes,
            self._environment,
            transient=True,
            collect="--collect" in options.flags,
            argv=options.rest,
        )
        with self._lock:
            if name in self._units or read_unit(name):
                raise UnitError(
                    f"Failed to start transient service unit: Unit {name} was already loaded or has a fragment file."
                )
            self._units[name] = unit
            self._order.append(name)
        well = unit.start()
        threading.Thread(target=self._unload_later, args=(unit,), daemon=True).start()
        if "--wait" in options.flags:
            unit.wait_until_ended()
            return Answer(unit.ending.status if unit.ending.code == EXITED else int(unit.result != "success"))
        return Answer(0 if well else 1, error=[] if "--quiet" in options.flags else [f"Running as unit: {name}"])

    def _unload_later(self, unit: Unit) -> None:
        unit.wait_until_ended()
        self._unload_ended(unit)

    def _unload_ended(self, unit: Unit) -> None:
        gone = unit.active == "inactive" or (unit.active == "failed" and unit.collect)
        with self._lock:
            if unit.transient and gone and self._units.get(unit.file.name) is unit:
                del self._units[unit.file.name]
                self._order.remove(unit.file.name)

    def _start(self, name: str) -> bool:
        unit = self._load(name)
        for other in (*unit.file.words("Requires"), *unit.file.words("BindsTo"), *unit.file.words("Wants")):
            if other.endswith(".service"):
                self._start(other)
        with self._lock:
            if name in self._order:
                self._order.remove(name)
            self._order.append(name)
        return unit.start()

    def _find(self, name: str) -> Unit | None:
        with contextlib.suppress(UnitError):
            return self._load(name)
        return None

    def _load(self, name: str) -> Unit:
        with self._lock:
            if name not in self._units:
                file = read_unit(name)
                if file is None:
                    raise UnitError(f"Unit {name} not found.")
                self._units[name] = Unit(file, self._processes, self._environment)
            return self._units[name]

    def _properties(self, name: str) -> dict[str, str]:
        unit = self._find(name)
        known = unit.properties() if unit else {"Id": name, **NOT_LOADED}
        state = "" if unit is None or unit.transient else "enabled" if name in wanted_units() else "disabled"
        return {**known, "UnitFileState": state}
