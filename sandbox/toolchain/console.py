"""What the user sees while waiting."""

import sys


def say(tool: str, message: str) -> None:
    """Print one line about a tool, at once.

    On standard error, because standard output of `make sandbox` is read by shells.
    """
    sys.stderr.write(f"  {tool:<10} {message}\n")
    sys.stderr.flush()
