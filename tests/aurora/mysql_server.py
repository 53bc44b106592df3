"""A real MySQL in the place of MariaDB: for a run with UNDERSTUDY_MYSQL, the folder of its programs (`make soak`)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from sandbox.aurora.server import Server
from sandbox.machine.commands import run

PROGRAMS = os.environ.get("UNDERSTUDY_MYSQL", "")
if PROGRAMS:
    os.environ["PATH"] = f"{PROGRAMS}:{os.environ['PATH']}"  # the product's client, and mysqldump

_MARIADB_ONLY = {"expire-logs-days", "innodb-log-file-size", "debug-no-sync", "performance-schema"}
_OPTIONS = {"innodb-flush-log-at-trx-commit": "0", "mysqlx": "OFF", "secure-file-priv": "", "sync-binlog": "0"}


@dataclass(kw_only=True)
class MySql(Server):
    """One server; clones, backups and restoring to a time are MariaDB's alone."""

    program: ClassVar[str] = "mysqld"

    def install(self) -> None:
        """Make the data directory."""
        self.renew_certificate()
        own = [
            f"--{name}={value}" for name, value in self.own_options().items() if name in ("datadir", "tmpdir", "user")
        ]
        run(["mysqld", "--no-defaults", "--initialize-insecure", *own], timeout_seconds=120)

    def all_options(self) -> Mapping[str, str]:
        """Return MariaDB's, but for those that MySQL does not know."""
        return {
            **{name: value for name, value in super().all_options().items() if name not in _MARIADB_ONLY},
            **_OPTIONS,
        }

    def back_up(self) -> Path:
        """Take none: its data directory stands for it."""
        return self.data

    def take_certificate(self) -> None:
        """Have the server take the certificate that was signed last; running, it takes none that has expired."""
        self.stop()
        self.start()
