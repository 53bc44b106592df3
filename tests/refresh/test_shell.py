"""The user's commands, where Pulumi runs."""

from __future__ import annotations

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
