"""A real MySQL for the soak tests: Debian's unstable packages, unpacked into `.cache` beside their own libraries.

The sandbox has MariaDB for Aurora, since Debian's stable releases have no MySQL; unstable has. Nothing of it is
installed, so it meets neither this machine's libraries nor its MariaDB.
"""

import shlex
from pathlib import Path

from sandbox.toolchain.console import say
from sandbox.toolchain.errors import SetupError
from sandbox.toolchain.files import fresh_folder, install_wrapper, replace_folder
from sandbox.toolchain.layout import Layout
from sandbox.toolchain.process import Job
from sandbox.toolchain.programs import find

TOOL = "mysql"
PROGRAMS = {"mysqld": "sbin", "mysql": "bin", "mysqldump": "bin"}
_PACKAGES = ("mysql-server-core", "mysql-client-core")
_NOT_NEEDED = ("perl", "debconf", "dpkg", "libperl")  # what only an installation runs
_NO_MORE = [f"--no-{kind}" for kind in ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")]
_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_LIBRARIES = ("usr/lib/x86_64-linux-gnu", "usr/lib/mysql/private")
_LOADER = "usr/lib64/ld-linux-x86-64.so.2"


def bring(layout: Layout) -> None:
    """Unpack it into `.cache/mysql`, with its programs in `.cache/mysql/bin`.

    Raises:
        SetupError: This is no Debian on x86-64, or its package servers have none.
    """
    place = layout.cache / TOOL
    if all((place / "bin" / name).exists() for name in PROGRAMS):
        return
    draft = fresh_folder(layout.scratch / TOOL)
    debs = fresh_folder(layout.scratch / "mysql-debs")
    apt = _Apt(layout, fresh_folder(layout.scratch / "mysql-apt"))
    say(TOOL, "fetching MySQL of Debian's unstable release, to be unpacked and not installed")
    apt.get("update")
    apt.get("download", *apt.needed(), cwd=debs)
    for deb in sorted(debs.glob("*.deb")):
        apt.job("unpacking").run(["dpkg", "--extract", deb, draft / "root"])
    root = place / "root"
    loader: list[str | Path] = [root / _LOADER, "--library-path", ":".join(str(root / each) for each in _LIBRARIES)]
    for name, folder in PROGRAMS.items():
        program = root / "usr" / folder / name
        install_wrapper(
            [*loader, "--argv0", program, program], draft / "bin" / name
        )  # it looks for its files from there
    replace_folder(draft, place)


class _Apt:
    """apt with lists and packages of its own, which leaves the machine's alone."""

    def __init__(self, layout: Layout, folder: Path) -> None:
        self._layout = layout
        sources = folder / "sources.list"
        for each in ("lists/partial", "cache/archives/partial"):
            (folder / each).mkdir(parents=True)
        places = {
            "Dir::Etc::sourcelist": sources,
            "Dir::State::lists": folder / "lists",
            "Dir::Cache": folder / "cache",
        }
        alone = {"Dir::Etc::sourceparts": "/dev/null", "APT::Sandbox::User": "root"}
        self._options = [f"-o={name}={value}" for name, value in {**places, **alone}.items()]
        sources.write_text(f"deb [signed-by={_KEYS}] {self._mirror()} sid main\n")

    def job(self, doing: str) -> Job:
        """Return what runs a program for this."""
        return Job(
            tool=TOOL, doing=doing, log=self._layout.logs / f"{TOOL}.log", needs="Debian's package servers",
            todo="the soak tests of the Aurora refresh run against MariaDB without it",
        )  # fmt: skip

    def get(self, *words: str, cwd: Path | None = None) -> None:
        """Run apt-get."""
        self.job(f"running apt-get {words[0]}").run(["apt-get", *self._options, *words], cwd=cwd)

    def needed(self) -> list[str]:
        """Return the packages and all that they depend on."""
        found = self.job("looking for what MySQL needs").run(
            ["apt-cache", *self._options, "depends", "--recurse", *_NO_MORE, *_PACKAGES]
        )
        names = {line.strip() for line in found.splitlines() if line[:1].isalnum()}
        return sorted(each for each in names if not each.startswith(_NOT_NEEDED))

    def _mirror(self) -> str:
        """Return the first place that this machine has its packages from."""
        if not (find(self._layout, "apt-get") and _KEYS.exists()):
            raise SetupError(f"{TOOL}: cannot be brought", "this is no Debian", "the tests run against MariaDB")
        listing = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
        return shlex.split(self.job("looking for the package servers").run(listing))[0]
