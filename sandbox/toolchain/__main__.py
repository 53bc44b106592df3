"""Command line of the toolchain. Reads even under a Python too old for the rest, to be able to say so."""

import sys

OLDEST_PYTHON = (3, 10)

if sys.version_info < OLDEST_PYTHON:
    found = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit(
        f"Python 3.10 or newer is needed, but {sys.executable} is Python {found}.\n"
        "Install one and name it: make setup PYTHON=python3.12"
    )

from sandbox.toolchain.command import main  # noqa: E402 - only readable after the check above

sys.exit(main(sys.argv[1:]))
