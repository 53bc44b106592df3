import sys

import pytest

from sandbox.demo.terminal import DemoError, Terminal, changed_lines


@pytest.fixture
def terminal(tmp_path):
    return Terminal(tmp_path)


def test_changed_lines_show_what_went_and_what_came():
    assert changed_lines("a: keep\nb: keep\n", "a: keep\nb: text\n") == ["  - b: keep", "  + b: text"]


def test_a_command_is_shown_as_it_would_be_typed(terminal, capfd):
    terminal.run(sys.executable, "-c", "print('hello there')")
    shown = capfd.readouterr().out.splitlines()
    assert shown[0] == f"$ {sys.executable} -c 'print('\"'\"'hello there'\"'\"')'"
    assert "hello there" in shown[1:]


def test_a_command_that_fails_ends_the_story_with_its_name(terminal):
    with pytest.raises(DemoError, match="ended with status 3"):
        terminal.run(sys.executable, "-c", "raise SystemExit(3)")


def test_a_command_that_has_to_be_refused_ends_the_story_where_it_is_not(terminal):
    terminal.refused(sys.executable, "-c", "raise SystemExit(3)")
    with pytest.raises(DemoError, match="was to be refused"):
        terminal.refused(sys.executable, "-c", "")


def test_a_question_that_fails_says_what_was_answered(terminal):
    with pytest.raises(DemoError, match="no such stack"):
        terminal.ask(sys.executable, "-c", "import sys; sys.exit('no such stack')")


def test_a_phase_counts_even_when_it_fails(terminal, capsys):
    with pytest.raises(KeyboardInterrupt), terminal.phase("A phase"):
        raise KeyboardInterrupt
    terminal.report_phases()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("s  ")[1] for line in lines if "s  " in line] == ["A phase", "in all"]
