"""Telling a story on the command line: its name, Ctrl-C, what went wrong, and always the cleaning up."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable
from types import FrameType
from typing import Protocol

from sandbox.demo.terminal import DemoError
from sandbox.layout import SandboxError

INTERRUPTED = 130


class Story(Protocol):
    """Something to tell, in a sandbox of its own."""

    def tell(self) -> None:
        """Tell it from beginning to end."""

    def leave(self, *, keep: bool) -> None:
        """Take everything away, or say how to go on with it."""


def told(story_of: Callable[[str], Story], *, about: str, name: str, errors: tuple[type[Exception], ...]) -> int:
    """Tell a story and clean up after it.

    Args:
        story_of: Makes it, for the name of a sandbox.
        about: What it is about, for the help.
        name: The sandbox's name, unless another is given.
        errors: What a server's client raises, which ends the story with its message.

    Returns:
        Exit status: 0 when everything went as told, 1 when something failed, 130 when it was interrupted.
    """
    parser = argparse.ArgumentParser(prog=f"python -m sandbox.{name.replace('-', '_')}", description=about)
    parser.add_argument("--name", default=name, help=f"name of the sandbox (default: {name})")
    parser.add_argument("--keep", action="store_true", help="leave the sandbox and its stack when the story is told")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    story = story_of(given.name)
    status = 1
    try:
        status = _tell(story, errors)
    finally:
        status = max(status, _leave(story, keep=given.keep))
    return status


def _tell(story: Story, errors: tuple[type[Exception], ...]) -> int:
    ends: tuple[type[Exception], ...] = (DemoError, SandboxError, *errors)
    try:
        story.tell()
    except ends as error:
        print(f"\nThe demonstration stopped: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return INTERRUPTED
    return 0


def _leave(story: Story, *, keep: bool) -> int:
    try:
        story.leave(keep=keep)
    except SandboxError as error:
        print(f"\nNot everything could be taken away: {error}", file=sys.stderr)
        return 1
    return 0


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
