"""The user's commands, where Pulumi runs."""

from __future__ import annotations

import os
import select
from pathlib import Path

from refresh import shell


def test_a_command_is_told_its_environment_and_its_last_lines_are_shown() -> None:
    lines: list[str] = []
    command = 'seq 30; echo "as of $UNDERSTUDY_DATA_AS_OF" >&2'
    assert shell.run(command, {"UNDERSTUDY_DATA_AS_OF": "today"}, 10, lines.append) == ""
    assert lines[-1] == "        | as of today"
    assert len(lines) == 20


def test_a_command_that_fails_or_does_not_end_says_so() -> None:
    assert shell.run("exit 3", {}, 10, print) == "it ended with status 3"
    assert shell.run("exec sleep 10", {}, 0.05, print) == "it did not end within 0 s"


def test_nothing_that_a_command_started_outlives_its_time(tmp_path: Path) -> None:
    """A child holds a FIFO open: that it wrote into it is the control, that nobody holds it any more is the promise."""
    path = tmp_path / "fifo"
    os.mkfifo(path)
    fifo = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    command = f"(echo started; exec sleep 600) >{path} & wait"
    assert shell.run(command, {}, 1, print) == "it did not end within 1 s"
    assert os.read(fifo, 100) == b"started\n"
    poll = select.poll()
    poll.register(fifo)
    events = poll.poll(10_000)
    os.close(fifo)
    assert events == [(fifo, select.POLLHUP)]
