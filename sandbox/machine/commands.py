"""Run a tool of the machine and turn its failure into a sentence."""

import subprocess
from collections.abc import Sequence

from sandbox.layout import SandboxError


def run(argv: Sequence[str], *, stdin: str | None = None, timeout_seconds: float = 60) -> str:
    """Run a command to its end.

    Args:
        argv: The command; it must carry no secret, since a failure shows it.
        stdin: Text for its standard input.
        timeout_seconds: After this it is killed.

    Returns:
        Its standard output.

    Raises:
        SandboxError: It is missing, failed or took too long.
    """
    shown = " ".join(argv)
    try:
        done = subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=timeout_seconds, check=False)
    except FileNotFoundError:
        raise SandboxError(f"`{argv[0]}` is not on PATH: `make setup` brings what the sandbox needs.") from None
    except subprocess.TimeoutExpired:
        raise SandboxError(f"`{shown}` did not end within {timeout_seconds:.0f} s.") from None
    if done.returncode:
        raise SandboxError(
            f"`{shown}` failed with status {done.returncode}: {done.stderr.strip() or done.stdout.strip()}"
        )
    return done.stdout
