"""`make demo-aurora`: the second refresh in a sandbox, told by the commands that a user types."""

from __future__ import annotations

import argparse
import signal
import sys
from types import FrameType

from pymysql import MySQLError

from sandbox.demo.terminal import DemoError
from sandbox.demo_aurora.story import Story
from sandbox.layout import SandboxError

INTERRUPTED = 130


def main() -> int:
    """Tell the story and clean up after it.

    Returns:
        Exit status: 0 when everything went as told, 1 when something failed, 130 when it was interrupted.
    """
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.demo_aurora", description="Refresh an Aurora test cluster, in a sandbox."
    )
    parser.add_argument("--name", default="demo-aurora", help="name of the sandbox (default: demo-aurora)")
    parser.add_argument("--keep", action="store_true", help="leave the sandbox and its stack when the story is told")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    story = Story(given.name)
    status = 1
    try:
        status = _told(story)
    finally:
        status = max(status, _left(story, keep=given.keep))
    return status


def _told(story: Story) -> int:
    try:
        story.tell()
    except (DemoError, SandboxError, MySQLError) as error:
        print(f"\nThe demonstration stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return INTERRUPTED
    return 0


def _left(story: Story, *, keep: bool) -> int:
    try:
        story.leave(keep=keep)
    except SandboxError as error:
        print(f"\nNot everything could be taken away: {error}", file=sys.stderr)
        return 1
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
