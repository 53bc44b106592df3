"""Ways from a port of this machine to a port in a host, for clients that are not in the host's network."""

import contextlib
import socket
import threading

from sandbox.machine.networks import Networks

CONNECT_SECONDS = 10
CHUNK_BYTES = 1 << 18


class Forwards:
    """The forwards of one sandbox; asking for the same one again gives the same port.

    Args:
        networks: The sandbox's networks.
    """

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._lock = threading.Lock()
        self._listeners: dict[tuple[str, str, int], socket.socket] = {}

    def open(self, instance_id: str, address: str, port: int) -> tuple[str, int]:
        """Return the local address that leads to a host's port, opening it if need be."""
        with self._lock:
            key = (instance_id, address, port)
            if key not in self._listeners:
                listener = socket.create_server(("127.0.0.1", 0), backlog=64)
                self._listeners[key] = listener
                threading.Thread(target=self._accept, args=(listener, key), daemon=True).start()
            host, local_port = self._listeners[key].getsockname()
            return host, local_port

    def as_record(self) -> list[dict[str, str | int]]:
        """Return the open forwards, for `status`."""
        with self._lock:
            return [
                {"instance_id": instance_id, "port": port, "local_port": listener.getsockname()[1]}
                for (instance_id, _, port), listener in self._listeners.items()
            ]

    def _accept(self, listener: socket.socket, key: tuple[str, str, int]) -> None:
        while True:
            client, _ = listener.accept()
            threading.Thread(target=self._carry, args=(client, *key), daemon=True).start()

    def _carry(self, client: socket.socket, instance_id: str, address: str, port: int) -> None:
        with client:
            try:
                server = self._networks.socket_in(
                    instance_id, lambda: socket.create_connection((address, port), timeout=CONNECT_SECONDS)
                )
            except OSError:
                return  # the client sees a closed connection, as from a port nobody listens at
            with server:
                server.settimeout(None)
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                back = threading.Thread(target=_pump, args=(server, client), daemon=True)
                back.start()
                _pump(client, server)
                back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(CHUNK_BYTES):
            target.sendall(data)
    for end in (source, target):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_WR)
