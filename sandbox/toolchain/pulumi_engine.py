"""Pulumi's engine and language host: the machine's own, else the official installer's, else built from Go modules."""

from pathlib import Path

from sandbox.toolchain import pulumi_build, pulumi_installer
from sandbox.toolchain.console import say
from sandbox.toolchain.errors import SetupError
from sandbox.toolchain.files import fresh_folder, install_link, replace_folder
from sandbox.toolchain.layout import HERE, Layout
from sandbox.toolchain.programs import dotted, find, identity, too_old, version_of
from sandbox.toolchain.stamps import fingerprint, forget, is_current, record

TOOL = "pulumi"
VERSION = "3.259.0"
OLDEST = (3, 259)
PROGRAMS = ("pulumi", "pulumi-language-python", "pulumi-language-python-exec", "pulumi-resource-pulumi-python")


def ensure(layout: Layout) -> None:
    """Provide the four programs of Pulumi in `.cache/bin`.

    Raises:
        SetupError: None of the three ways led to them.
    """
    own = find(layout, TOOL)
    modules = [HERE / "pulumi" / module / "go.sum" for module in ("cli", "python")]
    made_from = fingerprint(str(layout.root), VERSION, *modules, identity(own) if own else "")
    if is_current(layout, TOOL, made_from, [layout.bin / name for name in PROGRAMS]):
        return
    forget(layout, TOOL)
    folder = (_suitable(own) if own else None) or _bring(layout)
    for name in PROGRAMS:
        install_link(folder / name, layout.bin / name)
    record(layout, TOOL, made_from)


def _suitable(own: Path) -> Path | None:
    """Return the folder of the machine's own Pulumi if it is new enough and whole; say what it lacks otherwise."""
    version = version_of(own, "version")
    folder = own.resolve().parent
    missing = [name for name in PROGRAMS if not (folder / name).exists()]
    if version is None or version < OLDEST:
        say(TOOL, too_old(own, version, OLDEST))
        return None
    if missing:
        say(TOOL, f"{own} is not whole: {', '.join(missing)} should lie beside it")
        return None
    say(TOOL, f"using {own}, version {dotted(version)}")
    return folder


def _bring(layout: Layout) -> Path:
    reasons = []
    for way in (pulumi_installer.bring, pulumi_build.bring):
        folder = fresh_folder(layout.scratch / TOOL)
        try:
            way(layout, VERSION, folder)
        except SetupError as error:
            reasons.append(f"{error.what.removeprefix('pulumi: ')} ({error.why})")
            say(TOOL, reasons[-1])
            continue
        place = layout.cache / TOOL
        replace_folder(folder, place)
        say(TOOL, f"ready, version {VERSION}")
        return place
    raise SetupError(
        "pulumi: neither the official installer nor Go could provide it",
        "; ".join(reasons),
        f"install Pulumi {VERSION} or newer, or Go 1.21 or newer, with it on PATH, and run `make setup` again",
    )
