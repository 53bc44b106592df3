"""What the patched parts of moto share: the disks, the hosts and one lock around each change of state."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.layout import Layout
from sandbox.machine.hosts import Hosts
from sandbox.machine.networks import Networks
from sandbox.machine.volumes import VolumeStore

# States take a moment to change, as on AWS, so that nobody gets away with not waiting.
VOLUME_SECONDS = 0.25
ATTACHMENT_SECONDS = 0.25
SNAPSHOT_SECONDS = 0.5
BUSY_POLL_SECONDS = 0.05


@dataclass
class World:
    """The real things behind the API of one sandbox."""

    layout: Layout
    volumes: VolumeStore
    networks: Networks
    hosts: Hosts
    lock: threading.RLock = field(default_factory=threading.RLock)
    names: dict[str, str] = field(default_factory=dict)  # host names of databases and their addresses, for tasks

    def later(self, seconds: float, work: Callable[[], None]) -> None:
        """Do something after a moment, under the lock."""

        def wait_and_work() -> None:
            time.sleep(seconds)
            with self.lock:
                work()

        threading.Thread(target=wait_and_work, daemon=True).start()


def in_background(work: Callable[[], None]) -> None:
    """Do something now, beside the request that asked for it."""
    threading.Thread(target=work, daemon=True).start()
