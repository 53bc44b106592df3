"""A host's root disk: an overlay over the machine's own root, with all that is private to the machine's user masked."""

import json
import os
import pwd
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from sandbox.layout import CACHE, PROJECT_ROOT, SandboxError

GUEST = Path(__file__).resolve().parents[1] / "guest"
GUEST_FOLDER = Path("/usr/local/lib/understudy-guest")
TOOLS = ("mongod", "mongosh", "node", "aws", "python3")
# Empty in every host, since it is the machine's users' and services': an opaque directory hides what lies beneath.
MASKED = (
    "/root", "/home", "/tmp", "/var/tmp", "/mnt", "/media", "/srv", "/var/log", "/var/mail", "/var/spool",
    "/var/backups",     "/var/lib/understudy", "/opt/understudy", "/etc/understudy", "/etc/systemd/system", "/etc/ssh",
    "/etc/ssl/private",
)  # fmt: skip


def interpreter() -> Path:
    """Return the Python beneath a virtual environment, with all links resolved."""
    return Path(sys.executable).resolve()


def shown() -> list[Path]:
    """Return the directories that hosts see read-only in spite of the mask: the project's tools and Python itself."""
    folders = [CACHE] if CACHE.is_dir() else []
    base = Path(sys.base_prefix).resolve()
    if not base.is_relative_to("/usr") or base.is_relative_to("/usr/local"):
        folders.append(base)
    return [folder for folder in folders if any(folder.is_relative_to(hidden) for hidden in _masked())]


def create_root_disk(disk: Path, host: str) -> None:
    """Make the disk of a new host.

    Args:
        disk: Its folder on the pool.
        host: The host name.

    Raises:
        SandboxError: A tool that hosts need is missing in .cache/bin.
    """
    upper = disk / "upper"
    for folder in (upper, disk / "work", disk / "root"):
        folder.mkdir(parents=True)
    upper.chmod(0o755)
    for hidden in _masked():
        _mask(upper, hidden)
    (upper / "tmp").chmod(0o1777)
    (upper / "var/tmp").chmod(0o1777)
    (upper / "root").chmod(0o700)
    _write(upper / "etc/hostname", f"{host}\n")
    _write(upper / "etc/hosts", f"127.0.0.1 localhost\n127.0.1.1 {host}\n")
    _write(upper / "etc/fstab", "")
    _link_tools(upper)


def refresh_guest(disk: Path, environment: Mapping[str, str]) -> None:
    """Put the init and its commands on the disk, as they are in the project now.

    Args:
        disk: The disk's folder on the pool.
        environment: What every process of the host starts with.
    """
    upper = disk / "upper"
    target = upper / GUEST_FOLDER.relative_to("/")
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(GUEST, target, ignore=shutil.ignore_patterns("__pycache__", "boot.sh"))
    for name in ("systemctl", "systemd-run"):
        for folder in ("usr/local/bin", "usr/bin"):
            command = upper / folder / name
            command.unlink(missing_ok=True)
            # -I -S: a faster start, and no setting of the caller's changes it.
            _write(command, f'#!/bin/sh\nexec {interpreter()} -ISB {GUEST_FOLDER}/{name}.py "$@"\n')
            command.chmod(0o755)
    (target / "systemctl.py").chmod(0o644)
    (target / "systemd-run.py").symlink_to("systemctl.py")
    record = upper / "etc/sandbox/environment.json"
    _write(record, json.dumps(dict(environment)))
    record.chmod(0o600)


def _link_tools(upper: Path) -> None:
    for tool in TOOLS:
        source = CACHE / "bin" / tool
        if not source.exists():
            raise SandboxError(f"hosts need {tool}, and {source} is not there: run `make setup`.")
        link = upper / "usr/local/bin" / tool
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(source)


def _masked() -> set[Path]:
    accounts = {os.environ.get("SUDO_USER", ""), pwd.getpwuid(os.getuid()).pw_name} - {""}
    homes = {Path(pwd.getpwnam(account).pw_dir).resolve() for account in accounts}
    wanted = {Path(name) for name in MASKED} | homes | {PROJECT_ROOT}
    return {
        path
        for path in wanted
        if path != Path("/") and not any(path.is_relative_to(other) for other in wanted - {path})
    }


def _mask(upper: Path, hidden: Path) -> None:
    folder = upper / hidden.relative_to("/")
    folder.mkdir(parents=True, exist_ok=True)
    os.setxattr(folder, "trusted.overlay.opaque", b"y")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
