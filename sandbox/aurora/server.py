"""A MariaDB server that stands for an Aurora cluster: a data directory, a TCP port with TLS, a socket, a binary log.

Everything of a server lies in its folder (`data`, `tls`, `backups`, `mariadb.log`, `mariadbd.pid`); only its socket
lies in /tmp, under a name derived from the folder, because the path of a socket has at most 107 characters.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from sandbox.aurora import copies
from sandbox.aurora.authority import Authority
from sandbox.aurora.options import ADMIN_RIGHTS, OPTIONS
from sandbox.layout import SandboxError
from sandbox.machine.commands import run

START_SECONDS = 60.0
STOP_SECONDS = 60.0
_LOOK_EVERY_SECONDS = 0.05


@dataclass(kw_only=True)
class Server:
    """One server. Another process may make the same value again and finds what runs by the pid file.

    Attributes:
        folder: Holds all of it.
        host_name: The name that clients verify; the certificate is for it and for `address`.
        address: Where it listens.
        port: Its TCP port.
        authority: Signs its certificate.
        options: Options of mariadbd over the usual ones, without dashes in front.
        prefix: A command to start it by, such as `ip netns exec <namespace>`.
    """

    folder: Path
    host_name: str
    authority: Authority
    address: str = "127.0.0.1"
    port: int = 3306
    options: Mapping[str, str] = field(default_factory=dict)
    prefix: Sequence[str] = ()
    program: ClassVar[str] = "mariadbd"
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    @property
    def data(self) -> Path:
        """The data directory, with the binary log in it."""
        return self.folder / "data"

    @property
    def log(self) -> Path:
        """The server's error log."""
        return self.folder / "mariadb.log"

    @property
    def socket(self) -> Path:
        """The socket, for the sandbox itself: root needs no password there."""
        short = hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:16]
        return Path("/tmp") / f"understudy-mariadb-{short}.sock"

    def create(self, admin: str, password: str) -> None:
        """Make the data directory with an admin user, start the server, and take the first backup.

        Args:
            admin: The admin user's name.
            password: Its password.

        Raises:
            SandboxError: The server cannot be made, or does not start.
        """
        self._own_folders()
        self.install()
        self.start()
        self.sql(f"CREATE USER {_quoted(admin)}@'%' IDENTIFIED BY {_quoted(password)};")
        self.sql(f"GRANT {ADMIN_RIGHTS} ON *.* TO {_quoted(admin)}@'%' WITH GRANT OPTION;")
        self.back_up()

    def install(self) -> None:
        """Make the data directory.

        Raises:
            SandboxError: It cannot be made.
        """
        install = ["mariadb-install-db", "--no-defaults", f"--datadir={self.data}", "--user=root", "--skip-test-db"]
        more = ["--auth-root-authentication-method=socket", "--skip-name-resolve", "--innodb-log-file-size=32M"]
        more.append(f"--tmpdir={self.folder / 'tmp'}")
        run([*install, *more], timeout_seconds=120)

    def all_options(self) -> Mapping[str, str]:
        """Return the options that the server is started with, without dashes in front."""
        return {**OPTIONS, **self.own_options(), **self.options}

    def start(self) -> None:
        """Start the server and wait until it answers; one that runs is well.

        Raises:
            SandboxError: It does not come up; its last words are in the message.
        """
        if self.is_up():
            return
        if not (self.folder / "tls" / "server.pem").exists():
            self.renew_certificate()
        self.socket.unlink(missing_ok=True)
        self._own_folders()
        options = [f"--{name}={value}" for name, value in self.all_options().items()]
        argv = [*self.prefix, self.program, "--no-defaults", *options]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._await_answer()

    def stop(self) -> None:
        """Stop the server as an operator would, and wait for its end; one that is stopped is well."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the server at once, as a lost machine would; the next start recovers."""
        self._end(signal.SIGKILL)

    def is_up(self) -> bool:
        """Say whether the server answers on its socket."""
        return self.pid is not None and self._answers()

    @property
    def pid(self) -> int | None:
        """The process that runs on this data directory; None when there is none."""
        try:
            pid = int((self.folder / "mariadbd.pid").read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (OSError, ValueError):
            return None
        return pid if f"--datadir={self.data}".encode() in command.split(b"\0") else None

    def sql(self, statements: str, schema: str = "") -> str:
        """Run statements as root over the socket.

        Args:
            statements: SQL, each statement ended by a semicolon.
            schema: The schema to use.

        Returns:
            What the client printed: columns apart by tabs, no headings.

        Raises:
            SandboxError: The server refused; its message is passed on.
        """
        return run([*self.client(), "--batch", "--skip-column-names", *([schema] if schema else [])], stdin=statements)

    def change_password(self, user: str, password: str) -> None:
        """Give a user another password; sessions that are open stay open."""
        self.sql(f"ALTER USER {_quoted(user)}@'%' IDENTIFIED BY {_quoted(password)};")

    def renew_certificate(self, *, until: datetime | None = None) -> None:
        """Sign another certificate; the server takes it at its next start, or by `take_certificate`.

        Args:
            until: When it expires; a year from now when left out.
        """
        self.authority.issue(self.folder / "tls", [self.host_name, self.address], until=until)

    def take_certificate(self) -> None:
        """Have the running server take the certificate that was signed last."""
        self.sql("FLUSH SSL;")

    def clone(self, to: Server) -> None:
        """Copy the data directory for another server and start that; see `copies.clone`."""
        copies.clone(self, to)

    def back_up(self) -> Path:
        """Take a backup to which `restore_to_time` may go back, and return its folder; see `copies.back_up`."""
        return copies.back_up(self)

    def restore_to_time(self, to: Server, time_at: datetime) -> None:
        """Start another server with what this one held at a time; see `copies.restore_to_time`."""
        copies.restore_to_time(self, to, time_at)

    def remove(self) -> None:
        """Kill the server and remove its folder and its socket."""
        self.kill()
        self.socket.unlink(missing_ok=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def client(self) -> list[str]:
        """Return a `mysql` command for root over the socket; it holds no password."""
        return ["mysql", "--no-defaults", f"--socket={self.socket}", "--user=root"]

    def _own_folders(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.folder / "tmp").mkdir(exist_ok=True)

    def own_options(self) -> dict[str, str]:
        """Return those options that say where it lies and listens."""
        tls = self.folder / "tls"
        return {
            "user": "root",
            "datadir": str(self.data),
            "socket": str(self.socket),
            "tmpdir": str(
                self.folder / "tmp"
            ),  # a server that starts removes the temporary tables of all that share one
            "pid-file": str(self.folder / "mariadbd.pid"),
            "bind-address": self.address,
            "port": str(self.port),
            "server-id": str(1 + int(hashlib.sha256(str(self.folder).encode()).hexdigest()[:6], 16)),
            "ssl-ca": str(self.authority.certificate),
            "ssl-cert": str(tls / "server.pem"),
            "ssl-key": str(tls / "server.key"),
        }

    def _answers(self) -> bool:
        try:
            run([*self.client(), "--execute=DO 0"], timeout_seconds=10)
        except SandboxError:
            return False
        return True

    def _await_answer(self) -> None:
        process = self._process
        deadline = time.monotonic() + START_SECONDS
        while process is not None and process.poll() is None and time.monotonic() < deadline:
            if self.socket.exists() and self._answers():
                return
            time.sleep(_LOOK_EVERY_SECONDS)
        self.kill()
        errors = [line for line in self.log.read_text(errors="replace").splitlines() if "[ERROR]" in line]
        raise SandboxError(
            f"the MariaDB server in {self.folder} does not start: {' '.join(errors[-3:]) or 'no reason'}"
        )

    def _end(self, how: signal.Signals) -> None:
        pid = self.pid
        if pid is not None:
            os.kill(pid, how)
        elif self._process is not None and self._process.poll() is None:
            self._process.send_signal(how)  # not so far that it had written its pid
        if self._process is not None:
            self._process.wait(STOP_SECONDS)
            self._process = None
        deadline = time.monotonic() + STOP_SECONDS
        while self.pid is not None:
            if time.monotonic() > deadline:
                raise SandboxError(f"process {pid} of the MariaDB server in {self.folder} does not end")
            time.sleep(_LOOK_EVERY_SECONDS)


def _quoted(text: str) -> str:
    """Write a text as a literal of SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
