"""Networks: a bridge in a namespace of its own for each VPC, a namespace for each host, no way from VPC to VPC."""

import contextlib
import ctypes
import os
import socket
import threading
from collections.abc import Callable
from ipaddress import IPv4Network
from pathlib import Path
from typing import TypeVar

from sandbox.layout import Layout, SandboxError
from sandbox.machine.commands import run

CLONE_NEWNET = 0x40000000
NAMESPACES = Path("/run/netns")

Result = TypeVar("Result")


class Networks:
    """Make and remove the namespaces, bridges and cables of one sandbox.

    Args:
        layout: The sandbox; its prefix keeps the names apart from those of others.
    """

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._lock = threading.Lock()

    def namespace(self, resource_id: str) -> str:
        """Return the namespace's name for a VPC or an instance."""
        return f"{self._layout.prefix}{resource_id}"

    def connect(self, instance_id: str, vpc_id: str, address: str, cidr: str) -> None:
        """Give an instance its namespace, with one interface on its VPC's bridge.

        Args:
            instance_id: The instance.
            vpc_id: Its VPC; the bridge is made when it is the first instance there.
            address: The private IP that EC2 gave it.
            cidr: The VPC's address range: its subnets reach each other, as with AWS's local route.
        """
        bridge, host = self.namespace(vpc_id), self.namespace(instance_id)
        with self._lock:
            if not (NAMESPACES / bridge).exists():
                run(["ip", "netns", "add", bridge])
                run(["ip", "-n", bridge, "link", "add", "bridge0", "type", "bridge"])
                run(["ip", "-n", bridge, "link", "set", "bridge0", "up"])
        cable = f"v{instance_id[-13:]}"  # interface names have at most 15 characters
        # The kernel takes a namespace apart in its own time, so the cable of the host's former life may still be there.
        with contextlib.suppress(SandboxError):
            run(["ip", "-n", bridge, "link", "delete", cable])
        run(["ip", "netns", "add", host])
        run(["ip", "-n", bridge, "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", host])
        run(["ip", "-n", bridge, "link", "set", cable, "master", "bridge0", "up"])
        prefix_length = IPv4Network(cidr).prefixlen
        run(
            ["ip", "-n", host, "-batch", "-"],
            stdin=f"link set lo up\naddress add {address}/{prefix_length} dev eth0\nlink set eth0 up\n",
        )

    def disconnect(self, instance_id: str) -> None:
        """Remove an instance's namespace; its cable goes with it."""
        if (NAMESPACES / self.namespace(instance_id)).exists():
            run(["ip", "netns", "delete", self.namespace(instance_id)])

    def socket_in(self, instance_id: str, make: Callable[[], socket.socket]) -> socket.socket:
        """Make a socket that belongs to a host's network.

        Args:
            instance_id: The host.
            make: Makes and connects or binds the socket; runs in a thread inside the host's network.

        Returns:
            The socket, to be used from any thread.
        """
        return in_namespace(NAMESPACES / self.namespace(instance_id), make)


def in_namespace(namespace: Path, work: Callable[[], Result]) -> Result:
    """Run something in a thread that has joined a network namespace.

    A namespace is a thread's property in Linux, so the thread is thrown away after it.

    Args:
        namespace: The namespace's file.
        work: What to run there.

    Returns:
        What it returned; what it raised is raised here.
    """
    results: list[Result] = []
    errors: list[BaseException] = []

    def enter_and_work() -> None:
        try:
            _join(namespace)
            results.append(work())
        except BaseException as error:  # noqa: BLE001 - handed over to the caller's thread below
            errors.append(error)

    thread = threading.Thread(target=enter_and_work, daemon=True)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]


def _join(namespace: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = os.open(namespace, os.O_RDONLY)
    try:
        if libc.setns(descriptor, CLONE_NEWNET):
            raise SandboxError(f"the network {namespace.name} cannot be joined: {os.strerror(ctypes.get_errno())}")
    finally:
        os.close(descriptor)
