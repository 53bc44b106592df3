"""Two mongods of the bench's own, on unix sockets, in a scratch folder that goes with them."""

from __future__ import annotations

import functools
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote_plus

from anonymizer import mongo

ROOT = Path(__file__).resolve().parents[1]
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A running mongod."""

    socket: str
    process: subprocess.Popen[bytes]

    @property
    def uri(self) -> str:
        """Its connection string."""
        return f"mongodb://{quote_plus(self.socket)}/?directConnection=true"

    @functools.cached_property
    def client(self) -> mongo.Client:
        """A client as the product opens it."""
        return mongo.connect(self.socket)

    def stop(self) -> None:
        """Stop it; its data goes with its folder, so that it need not do so in order."""
        self.client.close()
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def cpu_seconds(self) -> float:
        """Give the CPU time it has used, in all its threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS


def find_mongod() -> str:
    """Find the server's program.

    Raises:
        SystemExit: There is none.
    """
    cached = ROOT / ".cache" / "bin" / "mongod"
    found = str(cached) if cached.exists() else shutil.which("mongod")
    if not found:
        raise SystemExit("bench: there is no mongod here; run `make setup`")
    return found


@contextmanager
def two_servers(scratch: Path | None, cache_gib: float) -> Iterator[tuple[Server, Server]]:
    """Run a source and a target.

    Args:
        scratch: Folder in which theirs are made (None: the machine's own for such things).
        cache_gib: The cache of each, in GiB.
    """
    folder = Path(tempfile.mkdtemp(prefix="understudy-bench-", dir=scratch))
    servers: list[Server] = []
    try:
        servers.extend(_start(folder / name, cache_gib) for name in ("source", "target"))
        for server in servers:
            server.client.admin.command("ping")
        yield servers[0], servers[1]
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path, cache_gib: float) -> Server:
    folder.mkdir()
    socket = str(folder / "m.sock")
    options = ["--wiredTigerCacheSizeGB", str(cache_gib), "--setParameter", "ttlMonitorEnabled=false"]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [find_mongod(), "--dbpath", str(folder), "--bind_ip", socket, "--nounixsocket", *options],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    return Server(socket, process)
