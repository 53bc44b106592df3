"""A dump of a read replica, made by mysqldump and read through a pipe: its rows touch no disk unpacked and unmasked.

The password goes to mysqldump by a file that only its owner can read, which is gone as soon as mysqldump has read it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

from dumps.errors import ServerError, UsageError
from dumps.prepare import spooled

# What a consistent dump needs, without a lock and without a position that means nothing elsewhere.
OPTIONS = (
    "--single-transaction", "--quick", "--routines", "--triggers", "--events", "--hex-blob",
    "--default-character-set=utf8mb4", "--no-tablespaces",
)  # fmt: skip
_MYSQL_ONLY = ("--set-gtid-purged=OFF", "--column-statistics=0", "--ssl-mode=VERIFY_IDENTITY")
_MARIADB_ONLY = ("--ssl-verify-server-cert",)
_DEFAULT_PORT = 3306
_LONGEST_TOLD = 300


@dataclass(frozen=True)
class Replica:
    """A read replica.

    Attributes:
        host, port, user: How it is reached; a host that begins with `/` is a socket's path.
        password: Shown nowhere.
        ca: Certificates that its own must be signed by; None: those of the system.
    """

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    ca: Path | None = None


def of(address: str, user: str | None, password_env: str | None, ca: Path | None) -> Replica:
    """Read the arguments; the password leaves the environment, so that no child process inherits it.

    Raises:
        UsageError: One is missing or wrong.
    """
    if not user or not password_env:
        raise UsageError("--from-replica needs --user and --password-env")
    password = os.environ.pop(password_env, None)
    if password is None:
        raise UsageError(f"--password-env: the environment variable {password_env} is missing")
    host, _, port = address.partition(":")
    if not host or (port and not port.isdigit()):
        raise UsageError("--from-replica must be HOST or HOST:PORT")
    return Replica(host, int(port or _DEFAULT_PORT), user, password, ca)


@contextmanager
def dumped(replica: Replica, schema: str, folder: Path) -> Iterator[IO[bytes]]:
    """Give the dump of a replica's schema.

    Args:
        replica: The replica.
        schema: The schema.
        folder: Where it is kept compressed in a file without a name (`prepare.spooled`).

    Raises:
        UsageError: There is no mysqldump.
        ServerError: mysqldump failed.
    """
    tool = shutil.which("mysqldump")
    if tool is None:
        raise UsageError("mysqldump is not on PATH; install a MySQL or MariaDB client")
    with tempfile.TemporaryDirectory(prefix="dumps-") as private, tempfile.TemporaryFile() as errors:
        login = _login_file(replica, Path(private))
        command = [tool, f"--defaults-file={login}", *options_of(tool, replica), schema]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL) as process:
            try:
                with spooled(cast("IO[bytes]", process.stdout), folder) as file:
                    login.unlink(missing_ok=True)
                    _say_failure(process.wait(), errors)
                    yield file
            finally:
                process.kill()


def options_of(tool: str, replica: Replica) -> list[str]:
    """Give mysqldump's options, for MySQL's own or MariaDB's."""
    version = subprocess.run([tool, "--version"], capture_output=True, text=True, check=False).stdout
    found = list(OPTIONS)
    if replica.host.startswith("/"):
        return found if "MariaDB" in version else [*found, *_MYSQL_ONLY[:2]]
    found += _MARIADB_ONLY if "MariaDB" in version else _MYSQL_ONLY
    return [*found, f"--ssl-ca={replica.ca}"] if replica.ca else found


def _login_file(replica: Replica, folder: Path) -> Path:
    """Write what mysqldump logs in with, readable for its owner alone.

    Raises:
        UsageError: A word holds what an option file cannot.
    """
    where = f"socket={replica.host}" if replica.host.startswith("/") else f"host={replica.host}\nport={replica.port}"
    words = (replica.user, replica.password, replica.host)
    if any("\n" in word for word in words):
        raise UsageError("a line end in the user, password or host of --from-replica")
    quoted = replica.password.replace("\\", "\\\\").replace('"', '\\"')
    path = folder / "login"
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f'[client]\n{where}\nuser={replica.user}\npassword="{quoted}"\n')
    return path


def _say_failure(code: int, errors: IO[bytes]) -> None:
    if code == 0:
        return
    errors.seek(0)
    said = " ".join(errors.read(_LONGEST_TOLD).decode("utf-8", "replace").split())
    raise ServerError(f"mysqldump of the replica failed ({code}): {said}; see to it and run the same command again")
