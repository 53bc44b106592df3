import runpy
import sys

import pytest

from sandbox.toolchain import command
from sandbox.toolchain.errors import SetupError
from sandbox.toolchain.stamps import fingerprint, is_current, record


@pytest.fixture
def tool(layout, monkeypatch):
    """Let the toolchain consist of one tool that does what the test says."""

    class Tool:
        @staticmethod
        def ensure(_layout):
            raise Tool.error

    monkeypatch.setattr(command, "Layout", lambda: layout)
    monkeypatch.setattr(command, "TOOLS", (Tool,))
    return Tool


def test_an_error_is_shown_whole_and_without_a_traceback(tool, capsys):
    tool.error = SetupError("mongod: failed", "no room", "make room")
    assert command.main([]) == 1
    assert capsys.readouterr().err == "\nmongod: failed.\n  Why: no room\n  What to do: make room\n"


def test_a_cache_of_another_user_is_named_with_the_way_out(tool, capsys):
    tool.error = PermissionError(13, "Permission denied", "/checkout/.cache/bin")
    assert command.main([]) == 1
    assert capsys.readouterr().err.startswith("\n/checkout/.cache/bin: Permission denied.\n  What to do: make it yours")


def test_an_interrupt_says_how_to_go_on(tool, capsys):
    tool.error = KeyboardInterrupt()
    assert command.main([]) == 130
    assert "Run `make setup` again to go on from here" in capsys.readouterr().err


def test_a_python_that_is_too_old_is_refused_by_name(monkeypatch):
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    with pytest.raises(SystemExit) as refusal:
        runpy.run_module("sandbox.toolchain", run_name="__main__")
    assert f"Python 3.10 or newer is needed, but {sys.executable} is Python 3.9.18" in str(refusal.value.code)


def test_a_tool_is_current_only_while_all_of_it_is_there_and_made_from_the_same(layout, tmp_path):
    source, output = tmp_path / "source", tmp_path / "output"
    source.write_text("1")
    output.touch()
    record(layout, "tool", fingerprint(source))
    assert is_current(layout, "tool", fingerprint(source), [output])
    source.write_text("2")
    assert not is_current(layout, "tool", fingerprint(source), [output])
    source.write_text("1")
    output.unlink()
    assert not is_current(layout, "tool", fingerprint(source), [output])
