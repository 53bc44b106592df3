"""`systemctl` and `systemd-run` in a host: hand the command line to the init and print its answer."""

import json
import os
import socket
import sys
from pathlib import Path

SOCKET = "/run/systemd/private"


def main() -> int:
    """Ask the init; return the exit status."""
    program = Path(sys.argv[0]).stem  # both are files that end in .py
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(SOCKET)
        with connection.makefile("rw") as stream:
            stream.write(json.dumps({"program": program, "argv": [_with_value(word) for word in sys.argv[1:]]}) + "\n")
            stream.flush()
            answer = json.loads(stream.readline())
    for line in answer["output"]:
        sys.stdout.write(line + "\n")
    for line in answer["error"]:
        sys.stderr.write(line + "\n")
    return int(answer["status"])


def _with_value(word: str) -> str:
    """Return `--setenv=NAME=value` for `--setenv=NAME`, as systemd-run takes the value from its own environment."""
    option, _, name = word.partition("=")
    if option in {"--setenv", "-E"} and name and "=" not in name:
        return f"{word}={os.environ.get(name, '')}"
    return word


if __name__ == "__main__":
    sys.exit(main())
