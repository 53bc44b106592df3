"""`make demo`: the whole story in a sandbox, told by the commands that a user types."""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType

from sandbox.demo.story import Story
from sandbox.demo.terminal import DemoError
from sandbox.layout import SandboxError

INTERRUPTED = 130


def main() -> int:
    """Tell the story and clean up after it.

    Returns:
        Exit status: 0 when everything went as told, 1 when something failed, 130 when it was interrupted.
    """
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.demo", description="Refresh a staging database, in a sandbox."
    )
    parser.add_argument("--name", default="demo", help="name of the sandbox (default: demo)")
    parser.add_argument("--keep", action="store_true", help="leave the sandbox and its stack when the story is told")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    story = Story(given.name)
    try:
        story.tell()
    except (DemoError, SandboxError) as error:
        print(f"\nThe demonstration stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return INTERRUPTED
    finally:
        story.leave(keep=given.keep)
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
