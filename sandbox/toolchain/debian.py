"""System programs that the sandbox's disks and hosts need, from Debian's packages when they are missing."""

import os

from sandbox.toolchain.console import say
from sandbox.toolchain.errors import SetupError
from sandbox.toolchain.layout import Layout
from sandbox.toolchain.process import Job
from sandbox.toolchain.programs import find

TOOL = "system"
PACKAGE_OF = {
    "mkfs.xfs": "xfsprogs",
    "ip": "iproute2",
    "losetup": "mount",
    "mount": "mount",
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "lsblk": "util-linux",
    "findmnt": "util-linux",
    "blkid": "util-linux",
    "openssl": "openssl",
    # The servers that stand for Aurora, without Debian's service: `mariadb-server` would start one.
    "mariadbd": "mariadb-server-core",
    "mariadb-install-db": "mariadb-server-core",
    "mariadb-binlog": "mariadb-client",
    "mysqldump": "mariadb-client",
    "mysql": "mariadb-client-core",
    # The browser in which tests look at reports.
    "chromium": "chromium",
}


def ensure(layout: Layout) -> None:
    """Install the packages of those programs that are missing.

    Raises:
        SetupError: This is no Debian or Ubuntu, or apt-get failed.
    """
    missing = [program for program in PACKAGE_OF if not find(layout, program)]
    if missing:
        packages = sorted({PACKAGE_OF[program] for program in missing})
        install_packages(layout, packages, why=f"for {', '.join(missing)}")


def install_packages(layout: Layout, packages: list[str], *, why: str) -> None:
    """Install Debian packages, with sudo unless root.

    Args:
        layout: Where logs go.
        packages: Their names.
        why: What they are for, as shown to the user.

    Raises:
        SetupError: There is no apt-get or no sudo, or apt-get failed.
    """
    names = " ".join(packages)
    apt_get = find(layout, "apt-get")
    sudo = find(layout, "sudo")
    as_root = os.geteuid() == 0
    if apt_get is None or not (as_root or sudo):
        raise SetupError(
            f"{TOOL}: {names} missing ({why})",
            "there is no apt-get on this machine" if apt_get is None else "you are not root and there is no sudo",
            f"install {names} with this machine's package manager, then run `make setup` again",
        )
    say(TOOL, f"installing {names} with apt-get {why}")
    install = Job(
        tool=TOOL,
        doing=f"installing {names}",
        log=layout.logs / f"{TOOL}.log",
        needs="Debian's package servers",
        todo=f"install {names} yourself, then run `make setup` again",
    )
    command = [*([] if as_root else [str(sudo)]), "env", "DEBIAN_FRONTEND=noninteractive", str(apt_get), "--quiet"]
    try:
        install.run([*command, "install", "--yes", "--no-install-recommends", *packages])
    except SetupError:
        say(TOOL, "fetching the list of packages first")
        install.run([*command, "update"])
        install.run([*command, "install", "--yes", "--no-install-recommends", *packages])
