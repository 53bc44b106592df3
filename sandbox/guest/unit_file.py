"""Unit files: what the host's init understands of them, and a refusal by name of all else."""

import shlex
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

UNIT_FOLDERS = (Path("/etc/systemd/system"), Path("/run/systemd/system"))
# Directives with an effect here, and those that only describe or limit in a way that changes no result of a script.
EFFECTIVE = {
    "Unit": {"After", "Requires", "Wants", "BindsTo", "ConditionPathExists"},
    "Service": {
        "Type", "ExecStartPre", "ExecStart", "ExecStartPost", "ExecStop", "ExecStopPost", "User", "Restart",
        "RestartSec", "Environment", "EnvironmentFile", "WorkingDirectory", "LimitNOFILE", "LimitNPROC",
        "LimitMEMLOCK", "LimitCORE", "TimeoutStopSec", "KillSignal", "PIDFile", "RemainAfterExit",
        "RuntimeDirectory", "UMask", "StandardOutput", "StandardError", "SuccessExitStatus",
    },
    "Install": {"WantedBy"},
}  # fmt: skip
WITHOUT_EFFECT = {
    "Unit": {
        "Description", "Documentation", "Before", "StartLimitIntervalSec", "StartLimitBurst",
        "RequiresMountsFor",
    },
    "Service": {
        "Group", "MemoryMax", "MemoryHigh", "MemorySwapMax", "TasksMax", "CPUQuota", "CPUWeight",
        "IOWeight", "Nice", "OOMScoreAdjust", "OOMPolicy", "TimeoutStartSec", "SyslogIdentifier",
        "StandardInput", "KillMode", "NoNewPrivileges", "PrivateTmp", "ProtectHome", "ProtectSystem",
        "RuntimeDirectoryMode", "MemoryAccounting", "TasksAccounting", "CPUAccounting", "LimitFSIZE",
        "LimitCPU", "LimitAS",
    },
    "Install": {"Alias"},
}  # fmt: skip
KINDS = ("simple", "exec", "oneshot", "forking")


class UnitError(Exception):
    """A unit or an option that this init does not understand; the message names it."""


@dataclass
class UnitFile:
    """A unit's directives: the values of each in order; an empty value starts the list anew, as in systemd."""

    name: str
    values: dict[str, list[str]] = field(default_factory=dict)

    def add(self, section: str, directive: str, value: str) -> None:
        """Record one directive.

        Raises:
            UnitError: This init does not know it.
        """
        if directive in WITHOUT_EFFECT.get(section, ()):
            return
        if directive not in EFFECTIVE.get(section, ()):
            raise UnitError(f"{self.name}: the sandbox's systemd does not know {directive}= in [{section}].")
        if directive == "Type" and value not in KINDS:
            raise UnitError(
                f"{self.name}: the sandbox's systemd does not know Type={value} (it knows {', '.join(KINDS)})."
            )
        if value:
            self.values.setdefault(directive, []).append(value)
        else:
            self.values.pop(directive, None)

    def last(self, directive: str, default: str = "") -> str:
        """Return a directive's last value."""
        return self.values.get(directive, [default])[-1]

    def words(self, directive: str) -> list[str]:
        """Return all values of a directive, split at spaces and quotes."""
        return [word for value in self.values.get(directive, ()) for word in shlex.split(value)]

    def seconds(self, directive: str, default: float) -> float:
        """Return a time span such as `90`, `1min 30s` or `500ms` in seconds."""
        return sum(map(_span, self.last(directive, str(default)).split()))

    def is_true(self, directive: str) -> bool:
        """Return a truth value."""
        return self.last(directive).lower() in {"yes", "true", "on", "1"}

    def environment(self) -> dict[str, str]:
        """Return what Environment= and EnvironmentFile= set."""
        pairs = dict(word.split("=", 1) for word in self.words("Environment"))
        for name in self.values.get("EnvironmentFile", ()):
            path = Path(name.removeprefix("-"))
            if path.exists() or not name.startswith("-"):
                pairs.update(_environment_file(path.read_text()))
        return pairs


def read_unit(name: str) -> UnitFile | None:
    """Read a unit from the unit folders; None when there is none of that name."""
    for folder in UNIT_FOLDERS:
        path = folder / name
        if path.exists():
            return parse_unit(name, path.read_text().splitlines())
    return None


def parse_unit(name: str, lines: Iterable[str]) -> UnitFile:
    """Read a unit's text.

    Args:
        name: The unit's name, for messages.
        lines: The file's lines.

    Returns:
        The unit.

    Raises:
        UnitError: A line or directive is not understood.
    """
    unit, section, continued = UnitFile(name), "", ""
    for line in lines:
        text = continued + line.strip()
        continued = ""
        if not text or text[0] in "#;":
            continue
        if text.endswith("\\"):
            continued = text[:-1].rstrip() + " "
        elif text.startswith("["):
            section = text.strip("[]")
        elif "=" in text:
            directive, value = text.split("=", 1)
            unit.add(section, directive.strip(), value.strip().replace("%n", name).replace("%%", "%"))
        else:
            raise UnitError(f"{name}: '{text}' is no directive.")
    return unit


def expand(command: str, environment: dict[str, str]) -> list[str]:
    """Split a command line and put variables in: `${NAME}` anywhere, `$NAME` as a word of its own."""
    words: list[str] = []
    for word in shlex.split(command):
        if word.startswith("$") and word[1:].isidentifier():
            words.extend(environment.get(word[1:], "").split())
            continue
        for name, value in environment.items():
            word = word.replace("${" + name + "}", value)  # noqa: PLW2901 - built up step by step
        words.append(word.replace("$$", "$"))
    return words


def wanted_units() -> list[str]:
    """Return the units enabled for boot, those that another one names in After= first."""
    names = sorted(path.name for path in (UNIT_FOLDERS[0] / "multi-user.target.wants").glob("*.service"))
    ordered: list[str] = []

    def visit(name: str, seen: tuple[str, ...]) -> None:
        if name in names and name not in ordered and name not in seen:
            unit = read_unit(name)
            for earlier in unit.words("After") if unit else ():
                visit(earlier, (*seen, name))
            ordered.append(name)

    for name in names:
        visit(name, ())
    return ordered


def enable(name: str, *, on: bool) -> None:
    """Make or remove the link that starts a unit at boot."""
    unit = read_unit(name)
    if unit is None:
        raise UnitError(f"Unit file {name} does not exist.")
    for target in unit.words("WantedBy"):
        if target != "multi-user.target":
            raise UnitError(
                f"{name}: the sandbox's systemd does not know WantedBy={target} (it knows multi-user.target)."
            )
        link = UNIT_FOLDERS[0] / "multi-user.target.wants" / name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.unlink(missing_ok=True)
        if on:
            link.symlink_to(f"../{name}")


def _span(text: str) -> float:
    for suffix, factor in (("ms", 0.001), ("min", 60), ("h", 3600), ("s", 1)):
        if text.endswith(suffix):
            return float(text[: -len(suffix)]) * factor
    return float("inf") if text == "infinity" else float(text)


def _environment_file(text: str) -> dict[str, str]:
    pairs = {}
    for line in text.splitlines():
        if "=" in line and not line.lstrip().startswith(("#", ";")):
            key, value = line.split("=", 1)
            pairs[key.strip()] = "".join(shlex.split(value))
    return pairs
