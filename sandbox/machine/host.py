"""One running host: its devices, and processes started in it."""

import contextlib
import os
import stat
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Placement:
    """Where a host stands: its address and network, as EC2 knows them."""

    instance_id: str
    vpc_id: str
    vpc_cidr: str
    private_ip: str


@dataclass
class Host:
    """A running host.

    Args:
        placement: Where it stands.
        process: What holds its namespaces; ending it ends the host.
        init_pid: Its PID 1, in this machine's numbers.
        environment: What its processes start with.
    """

    placement: Placement
    process: "subprocess.Popen[bytes]"
    init_pid: int
    environment: dict[str, str]
    devices: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        """The host's root directory, seen from this machine while the host runs."""
        return Path(f"/proc/{self.init_pid}/root")

    def plug(self, volume_id: str, device: str) -> None:
        """Show a block device in the host as an NVMe disk, with the link by its volume id that Nitro instances have."""
        name = next(f"nvme{n}n1" for n in range(1, 64) if f"nvme{n}n1" not in self.devices.values())
        with contextlib.suppress(FileExistsError):
            os.mknod(self.root / "dev" / name, stat.S_IFBLK | 0o660, Path(device).stat().st_rdev)
        (self.root / "dev/disk/by-id" / _by_id(volume_id)).symlink_to(f"../../{name}")
        self.devices[volume_id] = name

    def unplug(self, volume_id: str) -> None:
        """Take the device's names out of the host."""
        name = self.devices.pop(volume_id, None)
        if name:
            (self.root / "dev/disk/by-id" / _by_id(volume_id)).unlink(missing_ok=True)
            (self.root / "dev" / name).unlink(missing_ok=True)

    def mount_points(self, device: str) -> list[Path]:
        """Return where the host has a block device mounted, as paths of this machine."""
        number = Path(device).stat().st_rdev
        wanted = f"{os.major(number)}:{os.minor(number)}"
        lines = Path(f"/proc/{self.init_pid}/mountinfo").read_text().splitlines()
        fields = [line.split() for line in lines]
        return [self.root / row[4].lstrip("/") for row in fields if row[2] == wanted]

    def start(
        self, argv: Sequence[str], environment: Mapping[str, str] | None = None, **options: Any
    ) -> "subprocess.Popen[Any]":
        """Start a process in the host.

        Args:
            argv: The command.
            environment: Variables besides the host's own.
            options: Passed to `subprocess.Popen`.

        Returns:
            The process.
        """
        return subprocess.Popen(
            [*enter(self.init_pid), *argv],
            env={**self.environment, **(environment or {})},
            start_new_session=True,
            **options,
        )


def enter(init_pid: int) -> list[str]:
    """Return the command that runs what follows it inside a host."""
    return ["nsenter", f"--target={init_pid}", "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd", "--"]


def _by_id(volume_id: str) -> str:
    # On Nitro the serial number is the volume id without its dash.
    return "nvme-Amazon_Elastic_Block_Store_" + volume_id.replace("-", "")
