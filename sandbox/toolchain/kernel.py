"""The anonymizer's kernel: built by cargo where there is one, put into `.cache/venv` and among the wheels for hosts."""

import shutil
import time
from pathlib import Path

from sandbox.toolchain.console import say
from sandbox.toolchain.errors import SetupError
from sandbox.toolchain.files import fresh_folder
from sandbox.toolchain.layout import Layout
from sandbox.toolchain.process import Job
from sandbox.toolchain.programs import dotted, find, identity, too_old, version_of
from sandbox.toolchain.python_packages import job, pip
from sandbox.toolchain.stamps import fingerprint, forget, is_current, record

TOOL = "kernel"
OLDEST_CARGO = (1, 83)  # of pyo3's own needs, and of what the crate uses
WHEELS = "understudy_kernel-*.whl"
SLOWER = "Python does the masking, slower"


def ensure(layout: Layout) -> None:
    """Build and install the kernel; where that cannot be done, say so in a line and go on without it."""
    cargo = _cargo(layout)
    if cargo is None:
        say(TOOL, f"no Rust here: {SLOWER}")
        return
    version = version_of(cargo, "--version")
    if version is None or version < OLDEST_CARGO:
        say(TOOL, f"{too_old(cargo, version, OLDEST_CARGO)}: {SLOWER}")
        return
    try:
        build(layout, cargo)
    except SetupError as error:
        say(TOOL, f"could not be built ({error.why}): {SLOWER}; `make kernel` says more")


def require(layout: Layout) -> None:
    """Build and install the kernel.

    Raises:
        SetupError: There is no Rust, or it failed.
    """
    cargo = _cargo(layout)
    if cargo is None:
        todo = f"install Rust {dotted(OLDEST_CARGO)} or newer (rustup, or the system's package) and run it again"
        raise SetupError("kernel: it cannot be built", "there is no cargo on PATH", todo)
    build(layout, cargo)


def build(layout: Layout, cargo: Path) -> None:
    """Build and install the kernel, unless it was made from the same sources.

    Raises:
        SetupError: It failed.
    """
    made_from = fingerprint(*sources(layout), identity(cargo), identity(layout.venv_python.resolve()))
    there = [*(layout.cache / "toolkit").glob(WHEELS)]
    if is_current(layout, TOOL, made_from, [_installed(layout), *there]) and there:
        return
    begun = time.monotonic()
    forget(layout, TOOL)
    say(TOOL, "building it with cargo (half a minute the first time)")
    wheel = _wheel(layout, cargo)
    _put(wheel, layout.cache / "toolkit")
    installing = job(layout, TOOL, "installing it")
    installing.run([*pip(layout), "install", "--quiet", "--no-index", "--no-deps", "--force-reinstall", wheel])
    record(layout, TOOL, made_from)
    say(TOOL, f"ready after {time.monotonic() - begun:.0f} s")


def sources(layout: Layout) -> list[Path]:
    """Give the files that the wheel is made of."""
    folder = _crate(layout)
    named = [folder / name for name in ("Cargo.toml", "Cargo.lock", "build.rs", "pyproject.toml")]
    return [file for file in [*named, *sorted(folder.glob("src/**/*.rs"))] if file.exists()]


def copy_into(layout: Layout, place: Path) -> None:
    """Put the wheel into another folder of wheels, for hosts with a processor like this machine's."""
    for wheel in (layout.cache / "toolkit").glob(WHEELS):
        _put(wheel, place)


def _put(wheel: Path, folder: Path) -> None:
    for former in folder.glob(WHEELS):
        former.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(wheel, folder)


def _wheel(layout: Layout, cargo: Path) -> Path:
    folder = fresh_folder(layout.scratch / TOOL)
    building = Job(
        tool=TOOL,
        doing="building it with cargo",
        log=layout.logs / f"{TOOL}.log",
        needs="the index of Rust's crates",
        todo="run `make kernel` again",
    )
    maturin: list[str | Path] = [layout.venv / "bin" / "maturin", "build", "--release", "--locked"]
    manifest = _crate(layout) / "Cargo.toml"
    places: list[str | Path] = ["--interpreter", layout.venv_python, "--out", folder, "--manifest-path", manifest]
    # The wheel is tagged for this machine's C library; hosts unpack it whatever its tag says.
    building.run(
        [*maturin, *places],
        env={"CARGO_TARGET_DIR": str(layout.cache / TOOL), "CARGO": str(cargo), "PATH": _path(cargo)},
    )
    return next(folder.glob(WHEELS))


def _path(cargo: Path) -> str:
    return f"{cargo.parent}:/usr/local/bin:/usr/bin:/bin"


def _crate(layout: Layout) -> Path:
    return layout.root / "anonymizer" / "kernel"


def _installed(layout: Layout) -> Path:
    return next(layout.venv.glob("lib/python*/site-packages/understudy_kernel"), layout.venv / "understudy_kernel")


def _cargo(layout: Layout) -> Path | None:
    own = Path.home() / ".cargo" / "bin" / "cargo"  # where rustup puts it, which a root's PATH lacks
    return find(layout, "cargo") or (own if own.exists() else None)
