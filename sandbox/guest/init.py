"""A host's PID 1: mounts what fstab lists, starts enabled units, answers systemctl, reaps, and stops it all in order.

Standard library only: it runs inside the host, from a copy on the host's root disk.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from control import Control
from processes import Processes, end_all

SOCKET = Path("/run/systemd/private")
ENVIRONMENT = Path("/etc/sandbox/environment.json")
SHUTDOWN_SECONDS = 5.0


def main() -> None:
    """Run the host until it is told to shut down (SIGTERM)."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, signal.SIGTERM})
    processes = Processes()
    control = Control(processes, json.loads(ENVIRONMENT.read_text()))
    os.write(1, b"booted\n")
    os.read(0, 16)  # the sandbox answers when the host's disks are plugged in
    # Not through Processes: nothing reaps before the loop below, so a plain wait is right here.
    subprocess.run(["mount", "--all"], check=False)
    listener = _listen()
    threading.Thread(target=_serve, args=(listener, control), daemon=True).start()
    threading.Thread(target=_start_units, args=(control,), daemon=True).start()
    while True:
        number = signal.sigwait({signal.SIGCHLD, signal.SIGTERM})
        processes.reap()
        if number == signal.SIGTERM:
            threading.Thread(target=_shut_down, args=(control,), daemon=True).start()


def _start_units(control: Control) -> None:
    control.start_wanted()
    os.write(1, b"ready\n")


def _shut_down(control: Control) -> None:
    control.stop_all()
    end_all(_everyone, signal.SIGTERM, SHUTDOWN_SECONDS)
    os.sync()
    os._exit(0)


def _everyone() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and entry.name != "1"]


def _listen() -> socket.socket:
    SOCKET.parent.mkdir(parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(SOCKET))
    SOCKET.chmod(0o600)
    listener.listen(16)
    return listener


def _serve(listener: socket.socket, control: Control) -> None:
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=_answer, args=(connection, control), daemon=True).start()


def _answer(connection: socket.socket, control: Control) -> None:
    with connection, connection.makefile("rw") as stream:
        request = json.loads(stream.readline())
        answer = control.answer(request["program"], request["argv"])
        stream.write(json.dumps({"status": answer.status, "output": answer.output, "error": answer.error}) + "\n")


if __name__ == "__main__":
    main()
