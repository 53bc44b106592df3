"""Command lines of `systemctl` and `systemd-run`, taken apart; an option that is not known is refused by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unit_file import UnitError, UnitFile


@dataclass
class Options:
    """A command line, taken apart."""

    flags: set[str]
    values: dict[str, list[str]]
    rest: list[str]


def systemctl_options(argv: Sequence[str]) -> Options:
    """Take systemctl's arguments apart."""
    long_flags = ("--quiet", "--no-pager", "--now", "--value", "--no-block", "--all", "--system", "--full")
    short = {"-q": "--quiet", "-a": "--all", "-l": "--full", "-p": "--property", "-s": "--signal"}
    return _options_of("systemctl", argv, flags=long_flags, values=("--property", "--signal"), short=short)


def systemd_run_options(argv: Sequence[str]) -> Options:
    """Take systemd-run's arguments apart; everything after the first word that is no option is the command."""
    flags = ("--collect", "--quiet", "--no-block", "--wait", "--remain-after-exit", "--no-ask-password", "--system")
    values = ("--unit", "--property", "--setenv", "--uid", "--working-directory", "--description", "--service-type")
    short = {"-G": "--collect", "-q": "--quiet", "-r": "--remain-after-exit"}
    short |= {"-u": "--unit", "-p": "--property", "-E": "--setenv"}
    return _options_of("systemd-run", argv, flags=flags, values=values, short=short, stop_at_command=True)


def transient_file(name: str, options: Options) -> UnitFile:
    """Return the unit that systemd-run's options describe."""
    file = UnitFile(name)
    for option, directive in {
        "--uid": "User",
        "--working-directory": "WorkingDirectory",
        "--service-type": "Type",
        "--setenv": "Environment",
    }.items():
        for value in options.values.get(option, ()):
            quoted = f"'{value}'" if option == "--setenv" else value
            file.add("Service", directive, quoted)
    for pair in options.values.get("--property", ()):
        directive, _, value = pair.partition("=")
        section = "Unit" if directive in {"After", "Requires", "Wants", "BindsTo", "Description"} else "Service"
        file.add(section, directive, value)
    if "--remain-after-exit" in options.flags:
        file.add("Service", "RemainAfterExit", "yes")
    return file


def _options_of(
    program: str,
    argv: Sequence[str],
    *,
    flags: Sequence[str],
    values: Sequence[str],
    short: Mapping[str, str],
    stop_at_command: bool = False,
) -> Options:
    found = Options(set(), {}, [])
    queue = list(argv)
    while queue:
        word = queue.pop(0)
        if word == "--":
            found.rest.extend(queue)
            break
        if not word.startswith("-") or word == "-":
            found.rest.append(word)
            if stop_at_command:
                found.rest.extend(queue)
                break
            continue
        name, has_value, value = word.partition("=")
        name = short.get(name, name)
        if name in flags and not has_value:
            found.flags.add(name)
        elif name in values:
            found.values.setdefault(name, []).append(value if has_value else queue.pop(0))
        else:
            raise UnitError(f"the sandbox's {program} does not know the option {word}.")
    return found


def service_name(name: str) -> str:
    """Return a service's full name; other kinds of units and templates are refused."""
    kind = name.rpartition(".")[2] if "." in name else ""
    if kind in {"socket", "timer", "mount", "target", "path", "slice", "scope"}:
        raise UnitError(f"{name}: the sandbox's systemd knows services only.")
    if "@" in name:
        raise UnitError(f"{name}: the sandbox's systemd knows no templates.")
    return name if name.endswith(".service") else f"{name}.service"
